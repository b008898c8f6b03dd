import Commands
import Configuration
import ControllerAPI
import Cryptography
import Database
import Files
import Fleet
import Reception

/// The controller's state directory: database, certificate and keys.
struct ControllerState {
    let directory: String
    /// Where the tables are.
    let store: StoreLocation
    private let migration: Migration
    private let saltsKey: Secret?

    init(_ configuration: ControllerConfiguration) {
        directory = configuration.home
        migration = configuration.migration
        saltsKey = configuration.saltsKey
        store = configuration.store.map { .server($0.revealed) } ?? .file("\(configuration.home)/controller.sqlite")
    }

    /// One with its tables in the directory.
    init(directory: String) {
        self.directory = directory
        migration = .auto
        saltsKey = nil
        store = .file("\(directory)/controller.sqlite")
    }

    /// The fleet in the store, with the key of its salts.
    func openFleet() throws -> Fleet {
        try Fleet(
            store, saltsKey: saltsKey.map { key in try SecretBox(secret: key.revealed, purpose: Fleet.saltsPurpose) })
    }

    /// Answers questions about a fleet that is open, without waiting for what changes it.
    func openReader(of fleet: Fleet) throws -> Fleet { try Fleet(reading: store, now: fleet.now) }

    var database: String { "\(directory)/controller.sqlite" }
    var certificatePath: String { "\(directory)/certificate.pem" }
    var certificateKeyPath: String { "\(directory)/certificate-key.pem" }
    /// Holds the port on which the controller listened last, for commands that are not told.
    private var servedPortPath: String { "\(directory)/https-port" }
    private var receiptKeyPath: String { "\(directory)/receipt-key" }

    /// How long a certificate is valid that we make for ourselves: 825 days, the most that other TLS software takes.
    static let validity = Duration.seconds(825 * 24 * 3600)

    /// Why the state cannot be used.
    struct NotInitialised: Failure {
        let directory: String
        var exitCode: ExitCode { .usage }
        var description: String { "there is no controller in \(directory)" }
        var advice: String? { "Make one with: controller init --state \(directory)" }
    }

    /// What `initialise` did: names of what was made.
    typealias Made = [String]

    /// Makes what is missing; what is there stays as it is. A store that has tables already is left to `serve`, or to the
    /// operator, to change for this version.
    func initialise(hosts: [String]) throws -> Made {
        var made: Made = []
        try Files.makeDirectory(directory, permissions: 0o700)
        if try Files.status(certificatePath) == nil {
            let (certificate, key) = try Certificate.selfSigned(hosts: hosts, validity: Self.validity)
            try key.save(certificateKeyPath)
            try Files.write(certificate.pem.utf8, to: certificatePath)
            made.append("certificate for \(hosts.joined(separator: ", ")): \(certificatePath)")
        }
        if try Files.status(receiptKeyPath) == nil {
            try SigningKey.generate().save(receiptKeyPath, comment: "receipts")
            made.append("key that signs receipts: \(receiptKeyPath)")
        }
        switch store {
        case .file(let path):
            if try Files.status(path) == nil {
                try makeTables()
                made.append("database: \(path)")
            }
        case .server:
            if try FleetStore.version(store) == 0 {
                try makeTables()
                made.append("tables in the database of the server")
            }
        }
        return made
    }

    /// Makes all tables in a store that has none.
    private func makeTables() throws {
        try FleetStore.migrate(store)
        try AnalysisStore.prepare(store)
    }

    /// - Throws: `NotInitialised` where `initialise` has not been.
    func requireInitialised() throws {
        let files = [certificatePath, certificateKeyPath, receiptKeyPath] + (store.isShared ? [] : [database])
        for path in files where try Files.status(path) == nil {
            throw NotInitialised(directory: directory)
        }
        try settleCertificates()
    }

    /// The store wants changes that the operator makes.
    struct Outdated: Failure {
        let found: Int
        let missing: Int
        var exitCode: ExitCode { .usage }
        var description: String {
            "the store has version \(found) of the tables and lacks \(missing) of those to query, and MIGRATE=never "
                + "leaves it so; this program needs version \(FleetStore.latestVersion)"
        }
        var advice: String? {
            "Look at it with: controller db status. Change it with: controller db migrate --backup FILE"
        }
    }

    /// Sees that there is a controller, and that its tables may be used as they are, or changed.
    /// - Throws: `NotInitialised`, `Outdated`.
    func requireReady() throws {
        try requireInitialised()
        guard migration == .never else { return }
        let version = try FleetStore.version(store)
        let missing = try version < FleetStore.latestVersion ? [] : AnalysisStore.missing(store)
        guard version == FleetStore.latestVersion, missing.isEmpty else {
            throw Outdated(found: version, missing: missing.count)
        }
    }

    /// Why the state cannot be used now.
    struct InUse: Failure {
        let directory: String
        var exitCode: ExitCode { .failure }
        var description: String { "another controller already works in \(directory)" }
        var advice: String? { "End it first, or give this one a directory of its own with --state." }
    }

    /// `nil` where the controller never ran.
    func servedPort() throws -> Int? {
        guard try Files.status(servedPortPath) != nil else { return nil }
        return Int(String(decoding: try Files.read(servedPortPath), as: UTF8.self))
    }

    func noteServedPort(_ port: Int) throws {
        guard try servedPort() != port else { return }
        try Files.write("\(port)".utf8, to: servedPortPath, permissions: 0o600)
    }

    func certificate() throws -> Certificate {
        try Certificate(pem: String(decoding: Files.read(certificatePath), as: UTF8.self))
    }

    func certificateKey() throws -> PrivateKey { try PrivateKey.load(certificateKeyPath) }

    func receiptKey() throws -> SigningKey { try SigningKey.load(receiptKeyPath) }
}
