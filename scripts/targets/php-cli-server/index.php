<?php
// The answer comes once the content has come.
file_get_contents('php://input');
header('Content-Type: text/plain');
echo "ok\n";
