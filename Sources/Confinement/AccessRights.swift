/// What a Landlock rule can allow, with the kernel's numbers (`linux/landlock.h`).
struct AccessRights: OptionSet {
    let rawValue: UInt64

    static let execute = AccessRights(rawValue: 1 << 0)
    static let writeFile = AccessRights(rawValue: 1 << 1)
    static let readFile = AccessRights(rawValue: 1 << 2)
    static let readDirectory = AccessRights(rawValue: 1 << 3)
    static let removeDirectory = AccessRights(rawValue: 1 << 4)
    static let removeFile = AccessRights(rawValue: 1 << 5)
    static let makeDirectory = AccessRights(rawValue: 1 << 7)
    static let makeFile = AccessRights(rawValue: 1 << 8)
    /// Renaming and linking from one directory to another.
    static let refer = AccessRights(rawValue: 1 << 13)
    static let truncate = AccessRights(rawValue: 1 << 14)

    static let reading: AccessRights = [.readFile, .readDirectory]
    /// Regular files and directories only: no symbolic link, device, socket or named pipe can be made, so nothing
    /// that is found inside later leads anywhere else.
    static let writing: AccessRights = [
        .writeFile, .truncate, .removeFile, .removeDirectory, .makeFile, .makeDirectory, .refer,
    ]
    /// What a rule for something other than a directory can hold.
    static let ofFiles: AccessRights = [.execute, .writeFile, .readFile, .truncate]

    /// All that this version of the interface can restrict; what no rule allows is then refused.
    static func restricted(by version: Int32) -> AccessRights {
        let count =
            switch version {
            case 1: 13
            case 2: 14
            case 3, 4: 15
            default: 16
            }
        return AccessRights(rawValue: 1 << UInt64(count) - 1)
    }
}
