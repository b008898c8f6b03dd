internal import CLinux
internal import Files
import Glibc

/// Owns a Landlock ruleset that is being put together.
struct Ruleset: ~Copyable {
    private let descriptor: Descriptor
    private let restricted: AccessRights

    /// A ruleset that allows nothing, restricting all that this kernel can restrict.
    /// - Throws: `ConfinementError` with the code `unavailable`.
    init() throws(ConfinementError) {
        let version = try Ruleset.version()
        let restricted = AccessRights.restricted(by: version)
        var rules = gathering_landlock_ruleset()
        rules.files = restricted.rawValue
        // Version 4: binding and connecting TCP sockets. Version 6: reaching abstract sockets and sending signals
        // to processes that are not confined with us.
        rules.network = version >= 4 ? 0b11 : 0
        rules.scoped = version >= 6 ? 0b11 : 0
        let size =
            switch version {
            case ..<4: 8
            case ..<6: 16
            default: 24
            }
        let raw = unsafe gathering_landlock_create(&rules, size)
        guard raw >= 0 else { throw ConfinementError(.unavailable, "landlock_create_ruleset") }
        descriptor = Descriptor(adopting: raw, named: "ruleset")
        self.restricted = restricted
    }

    /// The version of the interface, 1 or more.
    static func version() throws(ConfinementError) -> Int32 {
        let version = gathering_landlock_version()
        guard version >= 1 else { throw ConfinementError(.unavailable, "landlock_create_ruleset") }
        return version
    }

    /// Allows `rights` on a file, or on a directory and all below it.
    /// - Parameter isFollowed: whether `path` may be a symbolic link.
    func allow(_ rights: AccessRights, below path: String, isFollowed: Bool) throws(ConfinementError) {
        let flags = gathering_open_path | O_CLOEXEC | (isFollowed ? 0 : O_NOFOLLOW)
        let raw = unsafe gathering_open(path, flags, 0)
        guard raw >= 0 else { throw ConfinementError(.path, path) }
        let place = Descriptor(adopting: raw, named: path)
        let kind: Files.Kind
        do throws(FileError) { kind = try place.inspect().kind } catch { throw ConfinementError(error) }
        // With O_PATH a link that is not followed is opened itself.
        guard kind != .link else { throw ConfinementError(.path, path, ELOOP) }
        var rule = gathering_landlock_path()
        rule.access = (kind == .directory ? rights : rights.intersection(.ofFiles)).intersection(restricted).rawValue
        rule.directory = place.raw
        guard unsafe gathering_landlock_allow(descriptor.raw, &rule) == 0 else {
            throw ConfinementError(.refused, "a rule for \(path)")
        }
    }

    /// Binds the calling thread, and whatever it starts or executes, for ever.
    func restrictThread() throws(ConfinementError) {
        guard gathering_forbid_new_privileges() == 0 else { throw ConfinementError(.refused, "PR_SET_NO_NEW_PRIVS") }
        guard gathering_landlock_restrict(descriptor.raw) == 0 else {
            throw ConfinementError(.refused, "landlock_restrict_self")
        }
    }
}
