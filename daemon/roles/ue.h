/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UE role: docs/protocols/mbms-key-management.rst from the UE's side. */
#ifndef MBSEC_DAEMON_UE_H
#define MBSEC_DAEMON_UE_H

#include <jansson.h>

#include "role.h"

struct ue;

/* Its part of "status", a new reference; NULL without memory. */
json_t *ue_status(const struct ue *ue);
/* The port that MSK messages are received on. */
unsigned int ue_mikey_port(const struct ue *ue);

#endif
