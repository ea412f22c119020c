/* Functions that this project does not use; included by force in every translation unit. */
#ifndef INTERIM_BASE_BANNED_H
#define INTERIM_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets gmtime localtime ctime

#endif
