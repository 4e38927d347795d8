/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeping keys out of core dumps and off the swap. */
#ifndef _CLI_SECRET_H
#define _CLI_SECRET_H

/* Before the first key is read. */
void secret_protect_process(void);

#endif /* _CLI_SECRET_H */
