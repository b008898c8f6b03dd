// Everything of libarchive that we need is imported as it is.
#pragma once

#include <archive.h>
#include <archive_entry.h>
