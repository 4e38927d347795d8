// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may come in: the socket in the file system and the identity of peers. */
#define _GNU_SOURCE /* accept4(), struct ucred */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl_peer.h"
#include "log.h"

#define AREA "ctl"
#define GROUPS_MAX 256
#define PAUSE_MS 1000
#define BACKLOG 32

static int path_fault(const char *path, const char *what, struct fault *fault)
{
	return fault_set(fault, FAULT_STATE, "control socket %.100s: %s: %s",
			 path, what, strerror(errno));
}

static int path_address(const char *path, struct sockaddr_un *address,
			struct fault *fault)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path[0] != '/')
		return fault_set(fault, FAULT_ARGUMENT,
				 "control socket %.100s: not an absolute path",
				 path);
	if (strlen(path) >= sizeof(address->sun_path))
		return fault_set(fault, FAULT_ARGUMENT,
				 "control socket: the path has more than %zu "
				 "octets",
				 sizeof(address->sun_path) - 1);
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

/* Somebody who listens has the socket; what a dead daemon left is removed. */
static int remove_stale(const struct sockaddr_un *address, struct fault *fault)
{
	const char *path = address->sun_path;
	struct stat status;
	int fd, result;

	if (lstat(path, &status))
		return errno == ENOENT ? 0 : path_fault(path, "look", fault);
	if (!S_ISSOCK(status.st_mode))
		return fault_set(fault, FAULT_STATE,
				 "control socket %.100s: something else is "
				 "there, which is not removed",
				 path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return path_fault(path, "socket", fault);
	result =
		connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (!result || errno == EAGAIN)
		result = fault_set(fault, FAULT_STATE,
				   "control socket %.100s: another daemon "
				   "listens on it",
				   path);
	else if (errno != ECONNREFUSED)
		result = path_fault(path, "connect", fault);
	else
		result = unlink(path) ? path_fault(path, "remove", fault) : 0;
	close(fd);
	return result;
}

/* Nobody can connect before listen(), so that the mode is right from the start. */
static int listen_on(struct ctl *ctl, struct fault *fault)
{
	struct sockaddr_un address;
	struct stat status;

	if (path_address(ctl->path, &address, fault) ||
	    remove_stale(&address, fault))
		return -1;
	ctl->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ctl->fd < 0)
		return path_fault(ctl->path, "socket", fault);
	if (bind(ctl->fd, (struct sockaddr *)&address, sizeof(address)))
		return path_fault(ctl->path, "bind", fault);
	if (lstat(ctl->path, &status))
		return path_fault(ctl->path, "look", fault);
	ctl->device = status.st_dev;
	ctl->inode = status.st_ino;
	if (chmod(ctl->path, 0660))
		return path_fault(ctl->path, "set the mode", fault);
	if (listen(ctl->fd, BACKLOG))
		return path_fault(ctl->path, "listen", fault);
	return 0;
}

static bool in_our_group(int fd, gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);
	size_t i;

	if (gid == getegid())
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size))
		return false;
	for (i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == getegid())
			return true;
	return false;
}

static bool may_enter(int fd, struct ucred *who)
{
	socklen_t size = sizeof(*who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, who, &size))
		return false;
	return who->uid == 0 || who->uid == geteuid() ||
	       in_our_group(fd, who->gid);
}

/* Peers can cause it at will: a line a second, with what it stands for. */
static void log_refusal(struct ctl *ctl, uid_t uid, const char *reason)
{
	int64_t now = loop_now(ctl->loop);

	ctl->refusals++;
	if (ctl->refusal_logged && now - ctl->refusal_logged < 1000)
		return;
	log_warning(AREA, "peer-refused", LOG_NUMBER("uid", uid),
		    LOG_TEXT("reason", reason),
		    LOG_NUMBER("count", (int64_t)ctl->refusals));
	ctl->refusal_logged = now;
	ctl->refusals = 0;
}

static void refuse(struct ctl *ctl, int fd, uid_t uid, const char *reason,
		   const char *line)
{
	/* Best effort: the peer may be gone. */
	if (send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		errno = 0;
	close(fd);
	log_refusal(ctl, uid, reason);
}

static void on_connection(void *argument, int fd, int what);

static void listen_again(void *argument)
{
	struct ctl *ctl = argument;

	if (loop_watch_set(ctl->loop, &ctl->listener, ctl->fd, LOOP_READ,
			   on_connection, ctl, NULL))
		loop_timer_set(ctl->loop, &ctl->pause, PAUSE_MS, listen_again,
			       ctl);
}

static void on_connection(void *argument, int fd, int what)
{
	struct ctl *ctl = argument;
	struct ucred who = { .uid = (uid_t)-1 };
	int peer;

	(void)what;
	peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer < 0) {
		if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS &&
		    errno != ENOMEM)
			return;
		/* The connection stays in the queue and would call us at once. */
		log_warning(AREA, "accept-failed",
			    LOG_TEXT("reason", strerror(errno)));
		loop_watch_stop(&ctl->listener);
		loop_timer_set(ctl->loop, &ctl->pause, PAUSE_MS, listen_again,
			       ctl);
		return;
	}
	if (!may_enter(peer, &who))
		refuse(ctl, peer, who.uid, "neither user nor group",
		       "{\"id\":null,\"problem\":{\"title\":\"unauthentic\","
		       "\"detail\":\"only root, the user of the daemon and "
		       "members of its group may enter\"}}\n");
	else if (ctl->peers_count >= CTL_PEERS_MAX)
		refuse(ctl, peer, who.uid, "too many peers",
		       "{\"id\":null,\"problem\":{\"title\":\"limit\","
		       "\"detail\":\"too many peers: try again later\"}}\n");
	else
		ctl_peer_add(ctl, peer, who.uid);
}

struct ctl *ctl_open(struct loop *loop, const char *path, struct fault *fault)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));

	if (ctl)
		ctl->path = strdup(path);
	if (!ctl || !ctl->path) {
		free(ctl);
		fault_set(fault, FAULT_MEMORY, "no memory");
		return NULL;
	}
	ctl->loop = loop;
	ctl->fd = -1;
	if (listen_on(ctl, fault) ||
	    loop_watch_set(loop, &ctl->listener, ctl->fd, LOOP_READ,
			   on_connection, ctl, fault)) {
		ctl_close(ctl);
		return NULL;
	}
	return ctl;
}

int ctl_give(struct ctl *ctl, const char *user, struct fault *fault)
{
	const struct passwd *entry = getpwnam(user);

	if (!entry)
		return fault_set(fault, FAULT_UNKNOWN,
				 "control socket: there is no user %.64s",
				 user);
	if (lchown(ctl->path, entry->pw_uid, entry->pw_gid))
		return path_fault(ctl->path, "change the owner", fault);
	return 0;
}

/* Only what is still ours: another daemon may have taken the path. */
static void remove_socket(const struct ctl *ctl)
{
	struct stat status;

	if (ctl->inode && !lstat(ctl->path, &status) &&
	    status.st_dev == ctl->device && status.st_ino == ctl->inode)
		unlink(ctl->path);
}

void ctl_close(struct ctl *ctl)
{
	struct ctl_command *command;
	struct ctl_request *request;

	if (!ctl)
		return;
	loop_watch_stop(&ctl->listener);
	loop_timer_stop(&ctl->pause);
	remove_socket(ctl);
	if (ctl->fd >= 0)
		close(ctl->fd);
	while (ctl->peers) {
		ctl_peer_flush(ctl->peers);
		ctl_peer_close(ctl->peers);
	}
	while ((request = ctl->requests)) {
		ctl->requests = request->next;
		ctl_line_clear(&request->line);
		free(request);
	}
	while ((command = ctl->commands)) {
		ctl->commands = command->next;
		free(command);
	}
	free(ctl->path);
	free(ctl);
}

void ctl_command_add(struct ctl *ctl, const char *command, ctl_handler handler,
		     void *argument)
{
	struct ctl_command *entry = calloc(1, sizeof(*entry));

	if (!entry) {
		log_error(AREA, "command-missing",
			  LOG_TEXT("command", command));
		return;
	}
	*entry = (struct ctl_command){ .name = command,
				       .handler = handler,
				       .argument = argument,
				       .next = ctl->commands };
	ctl->commands = entry;
}
