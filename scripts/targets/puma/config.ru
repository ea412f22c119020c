# The least that a Rack application is.
run(lambda do |environment|
  # The answer comes once the content has come.
  environment['rack.input'].read
  if environment['PATH_INFO'] == '/103'
    environment['rack.early_hints'].call('Link' => '</style.css>; rel=preload; as=style')
  end
  [200, { 'Content-Type' => 'text/plain', 'Content-Length' => '3' }, ["ok\n"]]
end)
