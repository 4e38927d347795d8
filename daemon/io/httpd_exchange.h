/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request on its way through the server; httpd.c and httpd_exchange.c only. */
#ifndef MBSEC_DAEMON_HTTPD_EXCHANGE_H
#define MBSEC_DAEMON_HTTPD_EXCHANGE_H

#include <microhttpd.h>
#include <stdbool.h>

#include "httpd.h"

#define METHOD_SIZE 16

/**
 * struct httpd_client - a connection; in the list if somebody waits for the peer
 * @deadline: of loop_now(), when it is closed. All wait equally long, so the list
 *	is in order of it
 */
struct httpd_client {
	struct MHD_Connection *connection;
	int64_t deadline;
	bool listed;
	struct httpd_client *next;
	struct httpd_client *previous;
};

/**
 * struct httpd_exchange - a request and its answer
 * @request: what the handler has; the first member
 * @connection: NULL if it was closed
 * @started: its headers were looked at
 * @owned: the handler has it and has not answered
 * @orphaned: the server was closed meanwhile, and is no more
 * @calling: the handler is being called
 * @suspended: the connection waits for the answer
 * @failed: there is no answer, the connection is to be closed
 * @refusal: status with which it is refused when its body is over, or 0
 * @room: octets that fit into @body
 */
struct httpd_exchange {
	struct httpd_request request;
	struct httpd *httpd;
	struct MHD_Connection *connection;
	struct httpd_exchange *next;
	struct httpd_exchange *previous;
	struct MHD_Response *response;
	unsigned int status;
	bool started;
	bool owned;
	bool orphaned;
	bool calling;
	bool suspended;
	bool failed;
	unsigned int refusal;
	uint8_t *body;
	size_t room;
	char *path;
	char method[METHOD_SIZE];
	char target[];
};

/**
 * struct httpd - a listening server
 * @watch: for MHD's own epoll descriptor
 * @kick: makes MHD go on when it has more to do
 * @sweep: looks for clients that are too slow
 * @first: clients we wait for, oldest first
 * @exchanges: those that handlers have
 * @resumed: connections have something to say
 * @running: in MHD_run()
 * @closed: a connection was, in the last run
 */
struct httpd {
	struct loop *loop;
	struct MHD_Daemon *daemon;
	struct httpd_options options;
	httpd_handler handler;
	void *argument;
	union address local;
	struct loop_watch watch;
	struct loop_round round;
	struct loop_timer kick;
	struct loop_timer sweep;
	struct httpd_client *first;
	struct httpd_client *last;
	struct httpd_exchange *exchanges;
	bool resumed;
	bool running;
	bool closed;
};

/* Callbacks of MHD, with the httpd as their argument. */
void *httpd_exchange_begin(void *httpd, const char *target,
			   struct MHD_Connection *connection);
enum MHD_Result httpd_exchange_take(void *httpd,
				    struct MHD_Connection *connection,
				    const char *url, const char *method,
				    const char *version, const char *data,
				    size_t *size, void **context);
void httpd_exchange_end(void *httpd, struct MHD_Connection *connection,
			void **context, enum MHD_RequestTerminationCode code);

/* Somebody waits for the peer from now on, or no longer. */
void httpd_client_wait(struct httpd *httpd, struct MHD_Connection *connection);
void httpd_client_serve(struct httpd *httpd, struct MHD_Connection *connection);
/* Connections were resumed. */
void httpd_kick(struct httpd *httpd);
/* Answers all that handlers have by 503; they may still answer, to nobody. */
void httpd_exchanges_refuse(struct httpd *httpd);

#endif
