import Glibc

/// The account of the system that this process works in.
package struct Account: Hashable, Sendable {
    package let name: String
    package let number: UInt32
    /// The program that runs a login's commands.
    package let shell: String

    package var isRoot: Bool { number == 0 }

    /// `nil` where the system knows no name for the user number, as in containers started with any.
    package static var current: Account? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        // Names, home and shell together; entries beyond it are none a person made.
        var texts = [CChar](repeating: 0, count: 64 << 10)
        guard unsafe getpwuid_r(geteuid(), &entry, &texts, texts.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        return unsafe Account(
            name: String(cString: entry.pw_name), number: entry.pw_uid, shell: String(cString: entry.pw_shell))
    }
}
