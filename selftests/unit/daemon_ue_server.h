/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BSF and the BM-SC of daemon_ue_scene.h. */
#ifndef DAEMON_UE_SERVER_H
#define DAEMON_UE_SERVER_H

#include <stdint.h>

void server_start(void);
void server_stop(void);
/* Where the UE role receives MSK messages, and MTK messages. */
uint16_t server_mikey_port(void);
uint16_t server_mtk_port(void);

#endif
