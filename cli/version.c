// SPDX-License-Identifier: GPL-2.0-or-later
/* The versions of the tool and of the module, if it is loaded. */
#include <stdio.h>
#include <string.h>

#include <mbsec/version.h>

#include "command.h"
#include "json.h"
#include "stats.h"

#define SYSFS_VERSION "/sys/module/mbsec/version"

/* Without privileges the module does not answer, but sysfs does. */
static bool sysfs_version(char text[static STATS_TEXT_SIZE])
{
	FILE *file = fopen(SYSFS_VERSION, "re");
	bool ok = file && fgets(text, STATS_TEXT_SIZE, file);

	if (file)
		fclose(file);
	if (ok)
		text[strcspn(text, "\n")] = '\0';
	return ok;
}

int version_show(const struct arguments *args, struct problem *problem)
{
	struct problem ignored;
	struct stats stats;
	const char *module = NULL;

	if (!stats_get(&stats, &ignored) || sysfs_version(stats.module_version))
		module = stats.module_version;
	if (args->options & OPTION_JSON)
		return json_print(json_pack("{s:s, s:o}", "tool", MBSEC_VERSION,
					    "module", json_text(module)),
				  problem);
	printf("mbsec %s, kernel module %s\n", MBSEC_VERSION,
	       module ? module : "not loaded");
	return 0;
}
