import Glibc

/// What the system says about this process and its machine.
package enum ProcessFacts {
    /// The environment with which the process was started.
    package static var environment: [String: String] {
        var variables: [String: String] = [:]
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
        while let text = unsafe entry.pointee {
            let assignment = unsafe String(cString: text)
            if let equals = assignment.firstIndex(of: "=") {
                variables[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
            }
            unsafe entry = entry.successor()
        }
        return variables
    }

    /// The machine's own name.
    package static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The absolute path of the program's file; `nil` where `/proc` is not there.
    package static var executablePath: String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The name of the account that runs the process; `nil` where it has none.
    package static var accountName: String? {
        guard let account = unsafe getpwuid(getuid()), let name = unsafe account.pointee.pw_name else { return nil }
        return unsafe String(cString: name)
    }

    /// Lets the process, and those it starts, have more descriptors open than the usual 1024, as far as the system
    /// permits it without asking.
    /// - Returns: how many it may have now.
    package static func raiseOpenFileLimit(to wanted: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let best = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(wanted)))
        limit.rlim_cur = best
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many processors are there to be used.
    package static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Bytes of a page of memory.
    package static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

    /// The number of this process.
    package static var processID: Int32 { getpid() }

    /// The largest resident set so far, in bytes.
    package static var peakResidentBytes: Int {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss << 10
    }
}
