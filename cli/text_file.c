// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "text_file.h"

bool text_write(int fd, const char *text, size_t length)
{
	ssize_t count;

	for (; length; text += count, length -= count) {
		count = write(fd, text, length);
		if (count < 0 && errno != EINTR)
			return false;
		if (count < 0)
			count = 0;
	}
	return true;
}
