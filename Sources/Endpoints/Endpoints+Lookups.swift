internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import FoundationEssentials
internal import HTTPServer

extension Endpoints {
    /// `GET /auth/access`: the projects whose results a visitor from this address may see, `*` for all.
    func access(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try requireAllowance(.visits, of: "visitor \(request.peer)")
        guard let address = address(of: request) else { return .json(200, Array("[]".utf8)) }
        let names = try await services.reader.networks()
            .filter { list in list.isForVisitors && list.networks.contains { $0.contains(address) } }
            .map { $0.project?.text ?? "*" }
        return .json(200, Array(try JSONEncoder().encode(names)))
    }

    /// `GET` or `POST /auth/encrypt` with `value` and, unless it is of no project, `project`.
    func encrypt(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let query = try request.queryFields()
        let fields = request.method == "POST" ? FormFields(query.fields + (try request.form().fields)) : query
        let texts = fields.values("project")
        guard texts.count <= 1 else { throw Denial(400, "At most one project must be specified in GET") }
        let values = fields.values("value")
        guard values.count <= 1 else { throw Denial(400, "Exactly one value must be provided") }
        guard let value = values.first, !value.isEmpty else { throw Denial(400, "Value must be provided") }
        let project: ProjectKey?
        let agent: AgentKey
        do {
            project = try texts.first.flatMap { $0.isEmpty ? nil : $0 }.map { text in try ProjectKey(text) }
            let named = try query.single("agent", in: "GET", name: "agent").map { text in try AgentKey(text) }
            agent =
                try request.header("signature") == nil
                ? named ?? AgentKey(project?.text ?? "") : RequestSignature(of: request.signable).agent
        } catch is WireError {
            // Nobody is known who asks for no project and does not sign.
            if texts.first?.isEmpty ?? true { throw Self.unsigned }
            throw Denial(400, Parameters.badKey)
        } catch let error as SignatureError {
            throw Denial(401, error.advice.map { "\(error). \($0)" } ?? "\(error)")
        }
        let caller = try await authorize(request, as: agent)
        if let project {
            guard caller.record.projects.contains(project) else {
                throw Denial(403, Refusal.notEntitled.message(to: agent, about: project))
            }
            let networks = try await networks(of: project)
            if caller.key == nil, networks == nil {
                throw Denial(403, Refusal.noNetwork.message(to: agent, about: project))
            }
            try requireNetwork(request, networks, project)
        }
        try requireAllowance(.encryptions, of: "encrypt \(agent)")
        guard let salts = try await services.fleet.salts(for: project) else {
            throw Denial(404, "The value could not be encrypted for the provided project")
        }
        try await services.fleet.noteEncryption(by: agent, of: project)
        let text = SHA256.digest(of: Array((salts.salt + value + salts.pepper).utf8)).hex
        return .json(200, Array(#"{"value": "\#(text)", "encryption": \#(project == nil ? 2 : 1)}"#.utf8))
    }

    /// `GET /auth/version?version=V`: whether a program of that version is as new as this controller.
    func version(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let query = try request.queryFields()
        let values = query.values("version")
        guard values.count <= 1 else { throw Denial(400, "Exactly one version must be specified") }
        guard let text = values.first, !text.isEmpty else { throw Denial(400, "Version must be specified") }
        let own = ProgramVersion(services.policy.version)
        let asked = try ProgramVersion(asked: text, comparedWith: own)
        if request.header("signature") != nil {
            let agent: AgentKey
            do { agent = try RequestSignature(of: request.signable).agent } catch { throw Denial(401, "\(error)") }
            _ = try await authorize(request, as: agent)
        } else {
            // What this controller is made of is not for everybody.
            guard services.policy.legacyAgents != .deny else { throw Self.unsigned }
            try requireAllowance(.visits, of: "visitor \(request.peer)")
        }
        let isUpToDate = asked.isSame(as: own)
        return .json(
            200, try WireJSON.encode(Comparison(up_to_date: isUpToDate, version: own.shown), subject: "version"))
    }

    private struct Comparison: Encodable {
        let up_to_date: Bool
        let version: String
    }
}

/// `0.1.0`, `0.1.0-main-COMMIT` or a commit alone.
struct ProgramVersion: Equatable {
    let release: String?
    let branch: String?
    let commit: String?

    init(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, let last = parts.last, Self.isCommit(last) else {
            release = text
            branch = nil
            commit = nil
            return
        }
        release = parts[0]
        branch = parts[1..<(parts.count - 1)].joined(separator: "-")
        commit = last
    }

    /// The version that a request asks about, in the forms and with the complaints of the older system, and as a release
    /// alone, with a program's name before it or without.
    init(asked text: String, comparedWith own: ProgramVersion) throws(Denial) {
        var text = text
        if let slash = text.lastIndex(of: "/") { text = String(text[text.index(after: slash)...]) }
        if Self.isCommit(text) {
            guard own.commit != nil else { throw Denial(400, "Cannot detect local/remote repository") }
            release = nil
            branch = own.branch
            commit = text
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else {
            guard Self.isRelease(text) else { throw Denial(400, "Version hash must be a valid commit hexsha") }
            release = text
            branch = nil
            commit = nil
            return
        }
        guard parts[0] == own.release else { throw Denial(400, "Can only compare version \(own.release ?? "")") }
        guard let last = parts.last, Self.isCommit(last) else {
            throw Denial(400, "Version hash must be a valid commit hexsha")
        }
        let asked = parts[1..<(parts.count - 1)].joined(separator: "-")
        guard let branch = own.branch else { throw Denial(400, "Cannot detect local/remote repository") }
        guard asked == branch else { throw Denial(400, "Version must have branch \(branch)") }
        release = parts[0]
        self.branch = asked
        commit = last
    }

    func isSame(as own: ProgramVersion) -> Bool {
        if let commit, let other = own.commit { return commit == other }
        return release == own.release
    }

    var shown: String { commit ?? release ?? "" }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func isRelease(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
