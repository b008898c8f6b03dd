// What Swift cannot import from libmicrohttpd, its variadic functions, and what its users need of glibc that is declared
// for _GNU_SOURCE only (Swift's Glibc module is built without it).
#pragma once

#include <limits.h>
#include <microhttpd.h>

extern int accept4(int listening, struct sockaddr *_Nullable address, socklen_t *_Nullable length, int flags);
/// POLLRDHUP of <poll.h>: the peer has closed its end.
static const short gathering_poll_hangup = 0x2000;

/// What `gathering_mhd_start` passes on. The texts are read during the call only; without a certificate there is no TLS.
struct gathering_mhd_settings {
    const char *_Nullable certificate;
    const char *_Nullable key;
    const char *_Nonnull priorities;
    size_t memory;
    unsigned int idle_seconds;
    MHD_LogCallback _Nonnull log;
    void *_Nonnull (*_Nonnull begin)(void *_Nonnull, const char *_Nullable, struct MHD_Connection *_Nonnull);
    MHD_AccessHandlerCallback _Nonnull handle;
    MHD_RequestCompletedCallback _Nonnull end;
    MHD_NotifyConnectionCallback _Nonnull connection;
    void *_Nonnull context;
};

/// `MHD_start_daemon` is variadic. One thread with epoll, without a listening socket.
static inline struct MHD_Daemon *_Nullable gathering_mhd_start(const struct gathering_mhd_settings *_Nonnull with) {
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)with->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)with->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)with->priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG
            | (with->certificate ? MHD_USE_TLS : 0),
        0, NULL, NULL, with->handle, with->context,
        MHD_OPTION_EXTERNAL_LOGGER, with->log, with->context,
        MHD_OPTION_URI_LOG_CALLBACK, with->begin, with->context,
        MHD_OPTION_NOTIFY_COMPLETED, with->end, with->context,
        MHD_OPTION_NOTIFY_CONNECTION, with->connection, with->context,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, with->memory,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned int)INT_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, with->idle_seconds,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_ARRAY, with->certificate ? tls : &tls[3],
        MHD_OPTION_END);
}

/// `MHD_get_connection_info` is variadic and answers with a union.
static inline int gathering_mhd_descriptor(struct MHD_Connection *_Nonnull connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}
