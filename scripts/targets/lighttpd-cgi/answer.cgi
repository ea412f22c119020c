#!/bin/sh
# The answer comes once the content has come.
cat >/dev/null
case $PATH_INFO in
*102) printf 'Status: 102 Processing\r\n\r\n' ;;
*103) printf 'Status: 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n' ;;
esac
printf 'Content-Type: text/plain\r\n\r\nok\n'
