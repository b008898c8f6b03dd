import Testing

@testable import Subversion

@Suite struct SubversionAddressTests {
    @Test(
        arguments: [
            ("https://svn.test/repo/trunk/", "https://svn.test/repo", true),
            ("https://svn.test/repo//", "https://svn.test/repo", false),
            ("https://u:secret@svn.test:8443/repo", "https://svn.test:8443/repo", false),
            ("svn://svn.test", "svn://svn.test", false),
            ("svn://svn.test/trunk", "svn://svn.test", true),
            ("SVN://[::1]:3690/r/mytrunk", "svn://[::1]:3690/r/mytrunk", false),
            ("svn+ssh://u@svn.test:2222/srv/repo/trunk", "svn+ssh://u@svn.test/srv/repo", true),
            ("file:///srv/repo/trunk", "file:///srv/repo", true),
            ("/srv/my repo#1", "file:///srv/my%20repo%231", false),
            ("/trunk", "file:///", true),
        ])
    func readsURLs(text: String, url: String, namesTrunk: Bool) throws {
        let address = try SubversionAddress(text)
        #expect(address.url == url)
        #expect(address.namesTrunk == namesTrunk)
    }

    @Test func theUserOfTheSettingsGoesBeforeThatOfTheURL() throws {
        #expect(try SubversionAddress("svn+ssh://a@svn.test/r", userName: "b").url == "svn+ssh://b@svn.test/r")
        #expect(try SubversionAddress("https://a:p@svn.test/r").userName == "a")
        #expect(try SubversionAddress("svn+ssh://svn.test:2222/r").sshPort == "2222")
    }

    @Test func targetsKeepRevisionsApartFromNames() throws {
        let address = try SubversionAddress("svn://svn.test/a@b")
        #expect(address.target() == "svn://svn.test/a@b@")
        #expect(address.target("trunk", at: 7) == "svn://svn.test/a@b/trunk@7")
        #expect(try SubversionAddress("/trunk").target("tags", at: 1) == "file:///tags@1")
    }

    @Test(
        arguments: [
            "", "relative/path", "svn.test:repo", "ftp://svn.test/r", "svn+evil://svn.test/r", "https:///r", "svn://",
            "svn+ssh://-oProxyCommand=x/r", "svn+ssh://u@-oProxyCommand=x/r", "svn+ssh://-lx@svn.test/r",
            "https://svn.test/\nr", "--config-dir=/",
        ])
    func refusesWhatIsNoSafeURL(text: String) {
        let error = #expect(throws: SubversionError.self) { try SubversionAddress(text) }
        #expect(error?.code == .unsupportedAddress)
    }

    @Test func wordsOfTheTunnelAreQuoted() {
        var settings = SubversionSettings(name: "test", url: "svn+ssh://svn.test/r")
        settings.keyPath = "/a b/\"key\""
        settings.knownHostsPath = "/hosts"
        let command = SubversionProgram.tunnel(settings, port: "22")
        #expect(command.contains(" -p 22 -o IdentitiesOnly=yes -i \"/a b/\\\"key\\\"\" "))
        #expect(command.contains(" -o \"UserKnownHostsFile=\\\"/hosts\\\"\" "))
        #expect(command.hasPrefix("ssh ") && command.hasSuffix(" --"))
    }
}
