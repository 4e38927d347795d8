/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module says about itself. */
#ifndef _CLI_STATS_H
#define _CLI_STATS_H

#include "objects.h"
#include "problem.h"

int stats_get(struct stats *stats, struct problem *problem);

#endif /* _CLI_STATS_H */
