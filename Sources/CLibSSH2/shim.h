// libssh2 needs no shims: what its function-like macros do is written out where it is called.
#pragma once

#include <libssh2.h>
#include <libssh2_sftp.h>
