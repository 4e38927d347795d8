/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text into files. */
#ifndef _CLI_TEXT_FILE_H
#define _CLI_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* All of it, however often it is interrupted; false with errno if it fails. */
bool text_write(int fd, const char *text, size_t length);

#endif /* _CLI_TEXT_FILE_H */
