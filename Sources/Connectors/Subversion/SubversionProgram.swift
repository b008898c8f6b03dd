import Blocking
import Configuration
import Files
import HTTP
import Processes
import XML

/// The `svn` program with an environment and a configuration of our own, which asks nobody anything, keeps no
/// password, and runs nothing but `ssh`.
struct SubversionProgram: Sendable {
    let address: SubversionAddress
    private let program: Program
    private let environment: [String: String]
    private let options: [String]
    private let input: Invocation.Input

    /// Where `svn` and `ssh` are looked for.
    private static let searchPath = "/usr/local/bin:/usr/bin:/bin"
    /// All that a certificate can be rejected for.
    private static let anyCertificate = "unknown-ca,cn-mismatch,expired,not-yet-valid,other"

    init(_ settings: SubversionSettings, storage: String) throws {
        address = try SubversionAddress(settings.url, userName: settings.userName)
        program = try Program.find("svn", in: Self.searchPath)
        let directory = "\(storage)/.subversion"
        try Files.makeDirectory(directory, permissions: 0o700)
        try Files.write(Self.configuration.utf8, to: "\(directory)/config", permissions: 0o600)
        let servers = Self.servers + (address.scheme == .https ? settings.proxy.map(Self.proxy) ?? "" : "")
        try Files.write(servers.utf8, to: "\(directory)/servers", permissions: 0o600)
        // The locale is for the names of files; without UTF-8 `svn` cannot write those beyond ASCII.
        environment = [
            "PATH": Self.searchPath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": storage,
            "SVN_SSH": Self.tunnel(settings, port: address.sshPort),
        ]
        var options = ["--non-interactive", "--no-auth-cache", "--config-dir", directory]
        var input = Invocation.Input.none
        switch address.scheme {
        case .file, .ssh: break
        case .svn, .http, .https:
            if let userName = address.userName { options += ["--username", userName] }
            if let password = settings.password {
                options.append("--password-from-stdin")
                input = .bytes(Array("\(password.revealed)\n".utf8))
            }
            if settings.isUnsafe { options.append("--trust-server-cert-failures=\(Self.anyCertificate)") }
            if let file = settings.authorityFile {
                options += ["--config-option", "servers:global:ssl-authority-files=\(file)"]
                options += ["--config-option", "servers:global:ssl-trust-default-ca=no"]
            }
        }
        self.options = options
        self.input = input
    }

    /// No key rings, and no program but `ssh` for a tunnel, whatever the machine's own configuration says.
    private static let configuration = """
        [auth]
        password-stores =
        [tunnels]
        ssh = $SVN_SSH ssh

        """

    /// A server may be silent for as long as we bear it from `svn` (`Invocation.TimeLimits`), in seconds.
    private static let servers = """
        [global]
        store-passwords = no
        store-plaintext-passwords = no
        http-timeout = 600

        """

    /// The same for a proxy. Its password must not be an argument, which others can see.
    private static func proxy(_ proxy: HTTPProxy) -> String {
        // A domain is written with a leading dot in NO_PROXY, and as a pattern here.
        let exceptions = proxy.bypass.map { $0.hasPrefix(".") ? "*\($0)" : $0 }
        var lines = ["http-proxy-host = \(proxy.address.host)", "http-proxy-port = \(proxy.address.port)"]
        if !exceptions.isEmpty { lines.append("http-proxy-exceptions = \(exceptions.joined(separator: ","))") }
        if let (user, password) = proxy.credentials {
            lines += ["http-proxy-username = \(user)", "http-proxy-password = \(password)"]
        }
        return lines.map { "\($0)\n" }.joined()
    }

    /// The command that `svn` puts a host and `svnserve -t` behind. It splits the text into words as a shell does.
    static func tunnel(_ settings: SubversionSettings, port: String?) -> String {
        // 30 seconds for a server to answer at all; 8 times 15 of silence are a connection that is gone.
        var words = ["ssh", "-F", "/dev/null", "-q", "-x", "-a", "-o", "BatchMode=yes", "-o", "ConnectTimeout=30"]
        words += ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=8"]
        if settings.isUnsafe {
            words += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        } else {
            words += ["-o", "StrictHostKeyChecking=accept-new"]
            if let path = settings.knownHostsPath { words += ["-o", "UserKnownHostsFile=\"\(path)\""] }
        }
        if let port { words += ["-p", port] }
        if let path = settings.keyPath { words += ["-o", "IdentitiesOnly=yes", "-i", path] }
        return (words + ["--"]).map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C }
        if isPlain { return word }
        return "\"" + word.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) } + "\""
    }

    /// How a command is started.
    func invocation(_ arguments: [String]) -> Invocation {
        var invocation = Invocation(program, arguments + options, environment: environment, directory: "/")
        invocation.input = input
        return invocation
    }

    /// Starts a command; its output is to be read.
    func start(_ arguments: [String]) throws(ProcessError) -> Process { try Process.start(invocation(arguments)) }

    /// Runs a command that writes XML and hands over each of the elements asked for.
    /// - Throws: `SubversionError` when it fails, `XMLError`; `CancellationError` when the work is cancelled.
    func elements(
        _ element: String, of arguments: [String], _ cancellation: Cancellation,
        _ consume: (XMLFields) throws -> Void
    ) throws {
        let command = arguments.first ?? ""
        let process = try start(arguments + ["--xml"])
        try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
        } during: {
            do {
                let reader = try XMLReader("svn \(command)", encoding: .repairedUTF8) { buffer in
                    try process.read(into: &buffer)
                }
                var fields = XMLFieldsReader(element, in: reader)
                while let next = try fields.next() { try consume(next) }
            } catch let error as XMLError {
                // A program that fails often leaves its XML unfinished; its own reason is the better one.
                if let failure = SubversionError(try process.wait(), of: command) { throw failure }
                throw error
            }
            if let failure = SubversionError(try process.wait(), of: command) { throw failure }
        }
    }

    /// Tells a fault in what a repository holds from one of reaching it: in the latter case nothing that was read
    /// may count, or what could not be read now would never be read again.
    ///
    /// - Throws: why the target cannot be reached, or the error itself where it is none of reading.
    func requireRepository(_ target: String, after error: any Error, _ cancellation: Cancellation) throws {
        try cancellation.check()
        guard error is SubversionError || error is XMLError || error is ProcessError else { throw error }
        do {
            try elements("entry", of: ["info", address.target()], cancellation) { _ in }
        } catch let error as SubversionError where error.code == .failed(.refused) {
            // The target may be all that we may read.
            try elements("entry", of: ["info", target], cancellation) { _ in }
        }
    }
}
