/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A control socket with commands that say what they were told. */
#ifndef CLI_CONTROL_SERVER_H
#define CLI_CONTROL_SERVER_H

/* Ends the process when the command "usim del" comes. */
void control_serve(const char *path) __attribute__((noreturn));

#endif
