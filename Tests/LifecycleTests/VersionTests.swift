import Files
import TestSupport
import Testing

@testable import Lifecycle

@Suite struct VersionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func stamp(_ text: String) throws -> String? {
        try Files.makeDirectory("\(directory.path)/share/gathering-agent")
        try Files.write(Array(text.utf8), to: "\(directory.path)/share/gathering-agent/VERSION")
        return Version.stamp(of: "\(directory.path)/bin/agent")
    }

    @Test func aPackageSaysFromWhichCommitItIs() throws {
        let version = "\(Version.released)-feature/x-76047c7a6d43f06e36155e93b3e33aaaaaaaaaaa"
        #expect(try stamp("\(version)\nmore\n") == version)
    }

    @Test func anotherVersionOrSignsThatAHeaderCannotHoldDoNotCount() throws {
        #expect(try stamp("9.9.9-main-0\n") == nil)
        #expect(try stamp("\(Version.released) \r\n") == nil)
        #expect(try stamp("") == nil)
    }

    @Test func withoutAPackageItIsTheReleasedOne() throws {
        #expect(Version.stamp(of: "\(directory.path)/bin/agent") == nil)
        #expect(Version.stamp(of: "\(directory.path)/agent") == nil)
        #expect(Version.stamp(of: nil) == nil)
        #expect(Version.current == Version.released)
    }
}
