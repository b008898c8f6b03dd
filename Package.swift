// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target, one place for all.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .swiftLanguageMode(.v6),
]

let package = Package(
    name: "gathering",
    products: [],
    targets: [
        // Values: no input or output beyond the local file system.
        .target(name: "Commands", dependencies: ["Files"]),
        .target(name: "Files", dependencies: ["CLinux"]),
        .target(name: "Logging", dependencies: ["Files", "Timestamps"]),
        .target(name: "Timestamps"),

        // C libraries, each behind one Swift wrapper.
        .systemLibrary(name: "CArchive"),
        .target(name: "Archives", dependencies: ["CArchive", "Files"]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CSQLite"),
        .target(name: "Cryptography", dependencies: ["COpenSSL", "Files", "Timestamps"]),
        .target(name: "SQLite", dependencies: ["CSQLite", "Files"]),

        // What several test targets share.
        .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport"),
        .testTarget(name: "CommandsTests", dependencies: ["Commands"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "Files", "TestSupport", "Timestamps"]),
        .testTarget(name: "ArchivesTests", dependencies: ["Archives", "Files", "TestSupport"]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "Files", "TestSupport"]),
        .testTarget(name: "LoggingTests", dependencies: ["Files", "Logging", "TestSupport", "Timestamps"]),
        .testTarget(name: "TimestampsTests", dependencies: ["Timestamps"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = strict
}
