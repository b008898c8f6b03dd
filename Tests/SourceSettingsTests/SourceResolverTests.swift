import Configuration
import SourceSettings
import Testing

@Suite struct SourceResolverTests {
    /// A source, the credentials, and what comes out.
    struct Vector: Sendable, CustomTestStringConvertible {
        let type: String
        let url: String
        let credentials: String
        /// With the login in it, as the reference writes it; ours is put together for the comparison only.
        let final: String
        let plain: String?
        let key: String?
        let followsRedirection: Bool

        init(
            _ url: String, with credentials: String = "", gives final: String, type: String = "git",
            plain: String? = nil,
            key: String? = nil, followsRedirection: Bool = true
        ) {
            self.type = type
            self.url = url
            self.credentials = credentials
            self.final = final
            self.plain = plain
            self.key = key
            self.followsRedirection = followsRedirection
        }

        var testDescription: String { "\(url) [\(credentials.split(separator: "\n").joined(separator: "; "))]" }
    }

    private func resolve(
        _ definition: SourceDefinition, _ credentials: String = "", followsRedirection: Bool = true,
        denying denyList: String = ""
    ) throws -> ResolvedSource {
        let file = INIFile(Array(credentials.utf8), path: "credentials.cfg")
        #expect(file.faults == [])
        return try SourceResolver(
            credentials: CredentialsFile(file), denyList: DenyList(denyList), followsRedirection: followsRedirection,
            variable: { ["KEYFILE": "~/.ssh/id_rsa"][$0] }
        ).resolve(definition)
    }

    private func resolve(_ type: String = "git", _ url: String, _ credentials: String = "") throws -> ResolvedSource {
        try resolve(SourceDefinition(type: type, name: "n", url: url, origin: "test"), credentials)
    }

    /// The login put into the URL as the reference does.
    private func withLogin(_ source: ResolvedSource) -> String {
        guard source.transport != .ssh, let user = source.user, let password = source.password,
            let start = source.connectionURL.firstRange(of: "://")?.upperBound
        else { return source.connectionURL }
        let kept = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        let quoted = password.revealed.utf8.map { byte in
            kept.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + String(Int(byte) + 256, radix: 16, uppercase: true).dropFirst()
        }
        var url = source.connectionURL
        url.insert(contentsOf: "\(user):\(quoted.joined())@", at: start)
        return url
    }

    static let vectors: [Vector] = [
        Vector("git@h.test:a/b.git", gives: "git@h.test:a/b.git", plain: "ssh://git@h.test/a/b.git"),
        Vector("h.test:a/b.git", gives: "h.test:a/b.git", plain: "ssh://h.test/a/b.git"),
        Vector("git@h.test:/a/b.git/", gives: "git@h.test:a/b.git"),
        Vector(
            "https://h.test/a/b.git/", with: "[h.test]\nusername=u\npassword=p@ s/s",
            gives: "https://u:p%40%20s/s@h.test/a/b.git", plain: "https://h.test/a/b.git"),
        Vector("https://x:y@h.test/a/b.git", gives: "https://h.test/a/b.git"),
        Vector("https://x:y@h.test/a/b.git", with: "[h.test]\npassword=pw", gives: "https://x:pw@h.test/a/b.git"),
        Vector(
            "https://x:y@h.test/a/b.git", with: "[h.test]\nusername=-\npassword=pw",
            gives: "https://x:pw@h.test/a/b.git"),
        Vector(
            "https://x:y@h.test/a/b.git?q=1#f", with: "[h.test]\nusername.http=u\nusername=z\npassword=pw",
            gives: "https://u:pw@h.test/a/b.git?q=1#f"),
        Vector("https://h.test:8443/a/b", with: "[h.test]\nusername=u\npassword=pw", gives: "https://h.test:8443/a/b"),
        Vector("https://h.test/a/b", with: "[h.test]\nport=99", gives: "https://h.test:99/a/b"),
        Vector(
            "https://h.test/pre/a/b",
            with: "[h.test]\nenv=KEYFILE\nusername=git\nusername.ssh=sshu\nstrip=pre\nport=2222",
            gives: "ssh://sshu@h.test:2222/a/b", key: "~/.ssh/id_rsa"),
        Vector("https://h.test/a/b", with: "[h.test]\nenv=UNSET\nusername=git", gives: "git@h.test:a/b"),
        Vector("ssh://h.test:22/a/b", gives: "ssh://h.test:22/a/b"),
        Vector("ssh://u@h.test/a/b", gives: "u@h.test:a/b"),
        Vector(
            "https://old.test/a/b", with: "[old.test]\nhost=new.test:81\n[new.test:81]\nusername=u\npassword=p",
            gives: "https://u:p@new.test:81/a/b"),
        Vector(
            "https://old.test/a/b", with: "[old.test]\nhost=new.test\nusername=ou\npassword=op",
            gives: "https://new.test/a/b"),
        Vector(
            "https://old.test/a/b", with: "[old.test]\nhost=new.test\nusername=ou\npassword=op",
            gives: "https://ou:op@old.test/a/b", followsRedirection: false),
        Vector(
            "git@old.test:a/b", with: "[old.test]\nhost=new.test\n[new.test]\nenv=KEYFILE", gives: "git@new.test:a/b",
            key: "~/.ssh/id_rsa"),
        Vector("https://h.test:bad/a", gives: "https://h.test/a"),
        Vector("file:///x/y.git", gives: "file:///x/y.git"),
        Vector("/x/y.git", gives: "/x/y.git"),
        Vector(
            "https://svn.test/repo/trunk/", with: "[svn.test]\nusername=u\npassword=p",
            gives: "https://u:p@svn.test/repo", type: "subversion", plain: "https://svn.test/repo/trunk/"),
        Vector(
            "https://svn.test/repo/trunk", with: "[svn.test]\nenv=KEYFILE\nusername=u",
            gives: "svn+ssh://u@svn.test/repo", type: "subversion", key: "~/.ssh/id_rsa"),
        // Beyond those of the reference.
        Vector(
            "https://h.test/pre/a", with: "[h.test]\nenv=KEYFILE\nstrip=/pre/", gives: "h.test:a", key: "~/.ssh/id_rsa"),
        Vector("https://h.test/prefix/a", with: "[h.test]\nenv=UNSET\nstrip=pre", gives: "h.test:prefix/a"),
        Vector("https://h.test/a", with: "[h.test]\nport=off\nusername=u\npassword=no", gives: "https://h.test/a"),
        Vector(
            "https://u%40x@H.Test/a", with: "[h.test]\npassword=p", gives: "https://u@x:p@h.test/a",
            plain: "https://h.test/a"),
        Vector("https://[::1]:8443/a", gives: "https://[::1]:8443/a"),
        Vector("ssh.dev.test:v3/Org/Project/Repo", gives: "ssh.dev.test:v3/Org/Project/Repo"),
        Vector(
            "svn://u@svn.test/repo/trunk", with: "[svn.test]\npassword=p", gives: "svn://u:p@svn.test/repo",
            type: "subversion"),
        Vector("file:///repo/trunk", gives: "file:///repo", type: "subversion"),
    ]

    @Test(arguments: vectors)
    func findsTheWayOfTheReference(vector: Vector) throws {
        let definition = SourceDefinition(type: vector.type, name: "n", url: vector.url, origin: "test")
        let source = try resolve(
            definition, vector.credentials, followsRedirection: vector.followsRedirection)
        #expect(withLogin(source) == vector.final)
        #expect(source.keyPath == vector.key)
        if let plain = vector.plain { #expect(source.exportedURL == plain) }
    }

    @Test(arguments: vectors)
    func keepsPasswordsOutOfURLs(vector: Vector) throws {
        let definition = SourceDefinition(type: vector.type, name: "n", url: vector.url, origin: "test")
        let source = try resolve(definition, vector.credentials)
        for url in [source.connectionURL, source.exportedURL] where url.contains("://") {
            let authority = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)[2].prefix {
                $0 != "/"
            }
            #expect(!authority.prefix { $0 != "@" }.contains(":") || !authority.contains("@"))
        }
        #expect(source.password != Secret("y"))
    }

    @Test(arguments: [
        ("https://github.com/o/r.git", "[github.com]\ngithub_token=t", SourceKind.github),
        ("https://old.test/o/r", "[old.test]\nhost=ghe.test\n[ghe.test]\ngithub_token=t", .github),
        ("git@gl.test:g/s/r.git", "[gl.test]\ngitlab_token=t\nenv=KEYFILE\nusername=git", .gitlab),
        ("http://tfs.test:8080/tfs/C/P/_git/R/", "[tfs.test:8080]\ntfs=true", .tfs),
        ("git@TFS.test:x", "[tfs.test]\ntfs=true", .tfs),
        ("https://h.test/x", "[h.test]\ngithub_token=-\ngitlab_token=\ntfs=no", .git),
    ])
    func theMarksOfAHostSayWhatItIs(url: String, credentials: String, kind: SourceKind) throws {
        let source = try resolve("git", url, credentials)
        #expect(source.kind == kind)
        #expect(source.definition.type == "git")
        #expect(source.token == ([.github, .gitlab].contains(kind) ? Secret("t") : nil))
    }

    @Test func readsTheOtherOptionsOfAHost() throws {
        let source = try resolve(
            "git", "https://h.test/x", "[h.test]\nunsafe_hosts=yes\nskip_stats=true\nfrom_date=2024-01-01\ntag=v1")
        #expect(source.isUnsafe)
        #expect(source.skipsStatistics)
        #expect(source.fromDate == "2024-01-01")
        #expect(source.tag == "v1")
        #expect(source.hostSection == "h.test")
        #expect(source.transport == .http)
    }

    @Test func aSourcesOwnSettingsWin() throws {
        var options = SourceOptions()
        options.user = "me"
        options.token = Secret("tok")
        options.authorityFile = "ca.pem"
        var definition = SourceDefinition(
            type: "git", name: "n", url: "https://h.test/x", origin: "SOURCE_1", options: options)
        let source = try resolve(definition, "[h.test]\nusername=other\npassword=other")
        #expect(source.user == "me")
        #expect(source.password == Secret("tok"))
        #expect(source.authorityFile == "ca.pem")

        options.user = nil
        definition = SourceDefinition(
            type: "git", name: "n", url: "https://h.test/x", origin: "SOURCE_1", options: options)
        #expect(try resolve(definition).user == "oauth2")

        options.keyPath = "keys/one"
        definition = SourceDefinition(type: "git", name: "n", url: "git@h.test:x", origin: "SOURCE_1", options: options)
        let secure = try resolve(definition, "[h.test]\nenv=KEYFILE")
        #expect(secure.keyPath == "keys/one")
        #expect(secure.password == nil)
    }

    @Test(arguments: [
        ("git", "ssh://-oProxyCommand=x/y", SourceSettingsError.Code.dangerousAddress),
        ("git", "ssh://-oProxyCommand=x@h.test/y", .dangerousAddress),
        ("subversion", "svn+ssh://-oProxyCommand=x/y", .dangerousAddress),
        ("history", "https://h.test/x", .unknownType),
        ("git", "https://denied.test/x", .denied),
        ("git", "https://u:p@denied.test/x", .denied),
    ])
    func refusesWhatItMustNotReach(type: String, url: String, code: SourceSettingsError.Code) throws {
        let definition = SourceDefinition(type: type, name: "n", url: url, origin: "entry 1")
        do {
            _ = try resolve(definition, denying: "*://denied.test")
            Issue.record("resolved \(url)")
        } catch let error as SourceSettingsError {
            #expect(error.code == code)
            #expect(error.subject == "entry 1 (n)")
        }
    }

    @Test func theDenyListSeesWhereARedirectionLeads() throws {
        let definition = SourceDefinition(type: "git", name: "n", url: "https://old.test/x", origin: "entry 1")
        #expect(throws: SourceSettingsError.self) {
            try resolve(definition, "[old.test]\nhost=denied.test", denying: "*://denied.test")
        }
    }

    @Test(
        arguments: [
            ("git@h.test:a/b.git", "b"), ("https://h.test/a/b/", "b"), ("/x/y.git", "y"), ("nothing", nil), ("/", nil),
        ] as [(String, String?)])
    func namesASourceByItsLastPart(url: String, name: String?) {
        #expect(PlainURL.lastPart(PlainURL.ofGit(url)) == name)
    }
}
