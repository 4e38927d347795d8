// SPDX-License-Identifier: GPL-2.0-or-later
/* mbsecd: starts what its configuration names, waits, and ends it again. */
#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_value.h"
#include "core/sbi_json.h"
#include "core/secret.h"
#include "io/ctl.h"
#include "io/httpc.h"
#include "io/kernel.h"
#include "io/loop.h"
#include "log.h"
#include "mbsec/version.h"
#include "notify.h"
#include "role.h"
#include "roles/ctl_value.h"
#include "sandbox.h"
#include "store/store.h"

#define AREA "mbsecd"
#define CONFIG_STANDARD "/etc/mbsec/mbsecd.yaml"
#define SOCKET_STANDARD "/run/mbsec/mbsecd.sock"
#define SECURE_MEMORY_STANDARD (16 << 20)
#define CREDENTIAL "mbsecd.key"
#define KEK_SIZE 32

enum { EXIT_USAGE = 2 };

/* In the order of their start: a role finds those that it calls. */
static const struct role *const roles[] = { &hss_role, &bsf_role, &mbstf_role,
					    &bmsc_role, &ue_role };
#define ROLES (sizeof(roles) / sizeof(roles[0]))

struct process {
	const char *path;
	struct config *config;
	struct daemon daemon;
	struct loop_watch signals[3];
};

static bool is_chosen(const struct config *config, const struct role *role)
{
	unsigned int i;

	for (i = 0; i < config->roles_count; i++)
		if (!strcmp(config->roles[i], role->name))
			return true;
	return false;
}

static bool needs_kernel(const struct config *config)
{
	size_t i;

	for (i = 0; i < ROLES; i++)
		if (roles[i]->kernel && is_chosen(config, roles[i]))
			return true;
	return false;
}

static void setup_log(const struct config *config)
{
	enum log_level level = LOG_LEVEL_INFO;

	if (config->daemon.log_level)
		log_level_parse(config->daemon.log_level, &level);
	/* systemd says so if standard error is the journal. */
	log_setup(level, getenv("JOURNAL_STREAM"));
}

static int read_kek(const struct config *config, struct secret *kek,
		    struct fault *fault)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];

	if (config->daemon.key_file)
		return config_key_file("daemon.key-file",
				       config->daemon.key_file, KEK_SIZE, kek,
				       fault);
	if (!folder)
		return fault_set(fault, FAULT_MALFORMED,
				 "daemon.key-file: missing, and there is no "
				 "systemd credential " CREDENTIAL "; make one "
				 "by \"openssl rand -hex 32\"");
	snprintf(path, sizeof(path), "%s/" CREDENTIAL, folder);
	return config_key_file("credential", path, KEK_SIZE, kek, fault);
}

static int open_store(struct process *process, struct fault *fault)
{
	struct daemon *daemon = &process->daemon;
	struct secret kek = { 0 };

	if (read_kek(process->config, &kek, fault))
		return -1;
	daemon->store = store_open(
		daemon->loop, process->config->daemon.database, &kek, fault);
	secret_clear(&kek);
	return daemon->store ? 0 : -1;
}

static int open_parts(struct process *process, struct fault *fault)
{
	static const struct httpc_options http = { 0 };
	struct daemon *daemon = &process->daemon;
	const char *path = process->config->daemon.control_socket;

	daemon->loop = loop_new(fault);
	if (!daemon->loop || open_store(process, fault))
		return -1;
	daemon->http = httpc_new(daemon->loop, &http, fault);
	if (!daemon->http)
		return -1;
	if (needs_kernel(process->config)) {
		daemon->kernel = kernel_open(daemon->loop, fault);
		if (!daemon->kernel)
			return -1;
	}
	daemon->ctl =
		ctl_open(daemon->loop, path ? path : SOCKET_STANDARD, fault);
	return daemon->ctl ? 0 : -1;
}

/* What each role says of itself, or one that is asked about alone: some have to count
 * what is in the store.
 */
static void on_status(void *argument, struct ctl_request *request)
{
	static const char *const names[] = { "role", NULL };
	const json_t *arguments = ctl_arguments(request);
	struct process *process = argument;
	struct fault fault = { 0 };
	const char *only = NULL;
	json_t *status;
	size_t i;

	if (ctl_value_check(arguments, names, &fault) ||
	    ctl_value_text_or(arguments, "role", &only, &fault)) {
		ctl_refuse(request, &fault);
		return;
	}
	status = json_pack("{s:s,s:b,s:I}", "version", MBSEC_VERSION,
			   "kernel-module",
			   process->daemon.kernel &&
				   kernel_is_here(process->daemon.kernel),
			   "secure-memory-used",
			   (json_int_t)CRYPTO_secure_used());
	for (i = 0; i < ROLES; i++)
		if (is_chosen(process->config, roles[i]) && roles[i]->status &&
		    (!only || !strcmp(only, roles[i]->name)))
			json_object_set_new(status, roles[i]->name,
					    roles[i]->status(&process->daemon));
	ctl_reply(request, status);
}

static int start_roles(struct process *process, struct fault *fault)
{
	size_t i;

	for (i = 0; i < ROLES; i++) {
		if (!is_chosen(process->config, roles[i]))
			continue;
		if (roles[i]->start(&process->daemon, fault))
			return -1;
		log_info(AREA, "role-started",
			 LOG_TEXT("role", roles[i]->name));
	}
	ctl_command_add(process->daemon.ctl, "status", on_status, process);
	return 0;
}

static void close_all(struct process *process)
{
	struct daemon *daemon = &process->daemon;
	size_t i;

	for (i = ROLES; i--;)
		roles[i]->stop(daemon);
	ctl_close(daemon->ctl);
	kernel_close(daemon->kernel);
	httpc_free(daemon->http);
	store_close(daemon->store);
	for (i = 0; i < sizeof(process->signals) / sizeof(process->signals[0]);
	     i++)
		loop_watch_stop(&process->signals[i]);
	loop_free(daemon->loop);
	config_free(process->config);
}

static void on_end(void *argument, int number, int what)
{
	struct process *process = argument;

	(void)what;
	log_info(AREA, "stopping", LOG_TEXT("signal", strsignal(number)));
	loop_stop(process->daemon.loop);
}

/* What cannot change at run time: roles, database and socket. */
static bool is_same_frame(const struct config *a, const struct config *b)
{
	unsigned int i;

	if (a->roles_count != b->roles_count ||
	    strcmp(a->daemon.database, b->daemon.database))
		return false;
	for (i = 0; i < a->roles_count; i++)
		if (strcmp(a->roles[i], b->roles[i]))
			return false;
	return true;
}

static int reload_roles(struct process *process, const struct config *config,
			struct fault *fault)
{
	const struct config *old = process->daemon.config;
	size_t i;

	process->daemon.config = config;
	for (i = 0; i < ROLES; i++)
		if (is_chosen(config, roles[i]) &&
		    roles[i]->reload(&process->daemon, fault))
			break;
	if (i == ROLES)
		return 0;
	/* Those before it go back to what they could take when they started. */
	process->daemon.config = old;
	while (i--)
		if (is_chosen(config, roles[i]))
			roles[i]->reload(&process->daemon, NULL);
	return -1;
}

static void on_reload(void *argument, int number, int what)
{
	struct process *process = argument;
	struct fault fault = { 0 };
	struct config *config;

	(void)number;
	(void)what;
	notify_send("RELOADING=1");
	config = config_load(process->path, &fault);
	if (config && !is_same_frame(process->config, config))
		fault_set(&fault, FAULT_STATE,
			  "roles and database change with a restart only");
	if (fault.code == FAULT_NONE &&
	    !reload_roles(process, config, &fault)) {
		setup_log(config);
		config_free(process->config);
		process->config = config;
		log_info(AREA, "reloaded");
	} else {
		log_error(AREA, "reload-refused",
			  LOG_TEXT("reason", fault.text));
		if (config)
			config_free(config);
	}
	notify_send("READY=1");
}

static int watch_signals(struct process *process, struct fault *fault)
{
	struct loop *loop = process->daemon.loop;

	signal(SIGPIPE, SIG_IGN);
	return loop_signal_set(loop, &process->signals[0], SIGTERM, on_end,
			       process, fault) ||
	       loop_signal_set(loop, &process->signals[1], SIGINT, on_end,
			       process, fault) ||
	       loop_signal_set(loop, &process->signals[2], SIGHUP, on_reload,
			       process, fault);
}

static int run(struct process *process, struct fault *fault)
{
	const struct config *config = process->config;

	process->daemon.config = config;
	if (open_parts(process, fault) || watch_signals(process, fault) ||
	    start_roles(process, fault) ||
	    (config->daemon.user &&
	     ctl_give(process->daemon.ctl, config->daemon.user, fault)) ||
	    sandbox_enter(config->daemon.user, needs_kernel(config), fault))
		return -1;
	notify_send("READY=1");
	log_info(AREA, "ready", LOG_TEXT("version", MBSEC_VERSION));
	if (loop_run(process->daemon.loop, fault))
		return -1;
	notify_send("STOPPING=1");
	return 0;
}

static int secure_memory(const struct config *config, struct fault *fault)
{
	uint64_t wanted = SECURE_MEMORY_STANDARD, size = 65536;

	if (config->daemon.secure_memory &&
	    config_number("daemon.secure-memory", config->daemon.secure_memory,
			  65536, UINT64_C(1) << 36, &wanted, fault))
		return -1;
	while (size < wanted)
		size *= 2;
	return sandbox_begin(size, fault);
}

static void usage(FILE *out)
{
	fprintf(out,
		"usage: mbsecd [-c FILE] [--check]\n"
		"\n"
		"  -c, --config FILE  configuration (" CONFIG_STANDARD ")\n"
		"      --check        read it, say what is wrong, and end\n"
		"  -V, --version      print the version\n"
		"  -h, --help         print this\n");
}

/* Returns an exit status, or -1 to go on. */
static int read_options(int argc, char **argv, const char **path, bool *check)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:Vh", options, NULL)) !=
	       -1) {
		if (option == 'c') {
			*path = optarg;
		} else if (option == 'n') {
			*check = true;
		} else if (option == 'V') {
			puts("mbsecd " MBSEC_VERSION);
			return EXIT_SUCCESS;
		}
		if (option != 'c' && option != 'n') {
			usage(option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_SUCCESS : EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	usage(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct process process = { .path = CONFIG_STANDARD };
	struct fault fault = { 0 };
	bool check = false;
	int status;

	status = read_options(argc, argv, &process.path, &check);
	if (status >= 0)
		return status;
	process.config = config_load(process.path, &fault);
	if (!process.config) {
		fprintf(stderr, "mbsecd: %s\n", fault.text);
		return EXIT_FAILURE;
	}
	if (check) {
		config_free(process.config);
		return EXIT_SUCCESS;
	}
	setup_log(process.config);
	notify_setup();
	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	status = secure_memory(process.config, &fault) || run(&process, &fault);
	if (status)
		log_error(AREA, "failed", LOG_TEXT("reason", fault.text));
	close_all(&process);
	curl_global_cleanup();
	CRYPTO_secure_malloc_done();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
