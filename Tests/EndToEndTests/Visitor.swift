import Bundles
import ControllerAPI
import Cryptography
import Files
import Processes
import Tables
import TestSupport
import Timestamps

/// Speaks to a controller with `curl`, `sftp` and `ssh`, and signs or does not sign as a test wants it: what an agent of ours
/// never does.
struct Visitor {
    let controller: RunningController
    private let directory: String

    init(_ controller: RunningController, in directory: TemporaryDirectory) throws {
        self.controller = controller
        self.directory = "\(directory.path)/visitor"
        try Files.makeDirectory(self.directory)
    }

    /// A request, whole and as it goes over the wire.
    struct Request {
        var method = "GET"
        var path: String
        var query: String
        var body = ""
        var headers: [(name: String, value: String)] = []
    }

    struct Answer {
        let status: Int
        let text: String
    }

    func send(_ request: Request) throws -> Answer {
        let words = words(request)
        let lines = try Ran.program("curl", words, input: request.body).required().output
            .split(separator: "\n", omittingEmptySubsequences: false)
        return Answer(
            status: lines.last.flatMap { Int($0) } ?? 0, text: lines.dropLast().joined(separator: "\n"))
    }

    /// Sends a request without content, and lets the answer come while the test goes on.
    func start(_ request: Request) throws -> Peer { try Peer("curl", words(request)) }

    private func words(_ request: Request) -> [String] {
        var words = [
            "--silent", "--show-error", "--noproxy", "*", "--cacert", controller.certificate, "--max-time", "60",
            "--request", request.method, "--write-out", "\n%{http_code}",
        ]
        for (name, value) in request.headers { words += ["--header", "\(name): \(value)"] }
        if !request.body.isEmpty { words += ["--data-binary", "@-"] }
        words.append("https://\(controller.address)\(request.path)?\(request.query)")
        return words
    }

    /// The request with the signature of a key, made in the name of an agent.
    func signed(_ request: Request, as agent: String, with key: SigningKey, at moment: Timestamp = .now) throws
        -> Request
    {
        var request = request
        let signable = SignableRequest(
            method: request.method, authority: controller.address, path: request.path, query: request.query,
            body: Array(request.body.utf8))
        request.headers += try RequestSignature.headers(for: signable, agent: AgentKey(agent), key: key, at: moment)
        return request
    }

    // MARK: Bundles

    /// A sealed bundle with one tag in it, made by hand: its parts lie in `directory`.
    struct Bundle {
        var announcement: BundleAnnouncement
        let directory: String
        let project: String

        var parts: [String] { announcement.parts.map { "\(directory)/\($0.name)" } }
    }

    /// - Parameters:
    ///   - details: for which controller it is sealed.
    ///   - key: signs it.
    func seal(
        agent: String, project: String, key: SigningKey, for details: ControllerDetails, run: RunID = RunID()
    ) throws -> Bundle {
        let place = "\(directory)/\(run)-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectory(place)
        let segment = try TableSegment(.tag, path: "\(place)/segment")
        try segment.append(
            Row(
                // Two bundles of one run must differ, also when they are made within a second.
                values: ["demo", "v-\(run)", "abc", "\(UInt64.random(in: 0 ... .max))", "0", "t", "e"],
                protection: .pseudonymised))
        let table = try TableWriter.write(.tag, segments: [try segment.finish()], in: place)
        let contents = BundleWriter.Contents(
            identity: BundleIdentity(agent: try AgentKey(agent), project: try ProjectKey(project), run: run),
            schemaVersion: 1, created: .now, previous: nil, pseudonymScheme: 1, files: [BundleFile(table)])
        let parts = "\(place)/parts"
        let sealed = try BundleWriter(Sealer(details.sealingCertificate), key).seal(contents, into: parts)
        return Bundle(announcement: sealed.announcement, directory: parts, project: project)
    }

    /// Uploads the parts as they are now to where an agent would.
    func upload(_ bundle: Bundle, with key: String) throws {
        let target = "export/\(bundle.project)/\(bundle.announcement.run)"
        var batch = ["-mkdir export/\(bundle.project)", "-mkdir \(target)"]
        for part in try Files.list(bundle.directory) {
            batch.append("put \"\(bundle.directory)/\(part)\" \(target)/\(part)")
        }
        try sftp(batch, with: key).required()
    }

    /// Tells the controller of an upload.
    func announcement(of bundle: Bundle, project: String? = nil) throws -> Request {
        let notification = ExportNotification(
            agent: nil, files: ExportNotification.Files(bundle: bundle.announcement))
        return Request(
            method: "POST", path: "/auth/export", query: "project=\(project ?? bundle.project)",
            body: try notification.fields().body, headers: [("Content-Type", "application/x-www-form-urlencoded")])
    }

    // MARK: SSH

    /// Runs commands of `sftp`, up to the first that fails; those that begin with `-` may.
    func sftp(_ commands: [String], with key: String) throws -> Ran {
        try Ran.program(
            "sftp", try options(key) + ["-q", "-b", "-", "-P", "\(controller.sshPort)", "\(try account())@127.0.0.1"],
            input: commands.joined(separator: "\n") + "\n")
    }

    /// A session that has begun, and that waits for what it is told next.
    func openSession(with key: String) throws -> Peer {
        let words = try options(key) + ["-b", "-", "-P", "\(controller.sshPort)", "\(try account())@127.0.0.1"]
        let session = try Peer("bash", ["-c", "(echo pwd; exec cat) | exec sftp \"$@\"", "sftp"] + words)
        _ = try session.line(containing: "Remote working directory")
        return session
    }

    /// Asks for a command, or for a shell when there are no words.
    func ssh(_ words: [String], with key: String) throws -> Ran {
        try Ran.program(
            "ssh", try options(key) + ["-p", "\(controller.sshPort)", "\(try account())@127.0.0.1"] + words)
    }

    private func account() throws -> String { try Ran.program("id", ["-un"]).required().line }

    private func options(_ key: String) throws -> [String] {
        let hostKey = try Files.read("\(controller.hostKey).pub")
        let line = "[127.0.0.1]:\(controller.sshPort) \(String(decoding: hostKey, as: UTF8.self))"
        try Files.write(line.utf8, to: "\(directory)/known_hosts")
        return [
            "-F", "/dev/null", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20",
            "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=\"\(directory)/known_hosts\"",
        ]
    }
}
