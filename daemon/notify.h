/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells systemd how the daemon is doing: sd_notify(3), without its library. */
#ifndef MBSEC_DAEMON_NOTIFY_H
#define MBSEC_DAEMON_NOTIFY_H

/* At the start, before the environment is given up: where to tell it. Nothing
 * happens later if there is no systemd.
 */
void notify_setup(void);
/* "READY=1", "RELOADING=1", "STOPPING=1" */
void notify_send(const char *state);

#endif
