import Files
import TestSupport

/// A real `slapd` with groups and people in it.
final class DirectoryServer {
    let address: String
    let secureAddress: String
    let certificate: String
    private let directory: TemporaryDirectory
    private let process: Peer

    static let root = "dc=test,dc=example"
    static let manager = "cn=manager,\(root)"

    /// - Parameter people: how many are in the group `demo (team)`, besides those with something odd.
    init(people: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let certificate = try TestCertificate(in: directory, name: "ldap")
        try Files.makeDirectory("\(path)/data")
        let schemas = ["core", "cosine", "nis", "inetorgperson"].map { "include /etc/ldap/schema/\($0).schema\n" }
            .joined()
        try Files.write(
            Array(
                """
                \(schemas)modulepath /usr/lib/ldap
                moduleload back_mdb
                pidfile \(path)/pid
                TLSCertificateFile \(certificate.certificate)
                TLSCertificateKeyFile \(certificate.key)
                sizelimit 60
                database mdb
                maxsize 10485760
                suffix "\(Self.root)"
                rootdn "cn=root,\(Self.root)"
                directory \(path)/data
                access to attrs=userPassword by anonymous auth
                access to * by users read by * auth

                """.utf8), to: "\(path)/slapd.conf")
        try Files.write(Array(Self.content(people).utf8), to: "\(path)/content.ldif")
        try Peer.run("/usr/sbin/slapadd", ["-q", "-f", "\(path)/slapd.conf", "-l", "\(path)/content.ldif"])
        let securePort = try SecureShellServer.freePort()
        let (process, port) = try Listening.start { port in
            let addresses = "ldaps://127.0.0.1:\(securePort) ldap://127.0.0.1:\(port)"
            return try Peer("/usr/sbin/slapd", ["-d", "0", "-f", "\(path)/slapd.conf", "-h", addresses])
        }
        self.process = process
        self.directory = directory
        self.certificate = certificate.certificate
        secureAddress = "ldaps://127.0.0.1:\(securePort)"
        address = "ldap://127.0.0.1:\(port)"
    }

    private static func content(_ people: Int) -> String {
        var text = """
            dn: \(root)
            objectClass: dcObject
            objectClass: organization
            o: Test
            dc: test

            dn: \(manager)
            objectClass: organizationalRole
            objectClass: simpleSecurityObject
            cn: manager
            userPassword: s3cret ü

            dn: ou=people,\(root)
            objectClass: organizationalUnit
            ou: people


            """
        for number in 0..<people {
            text += """
                dn: uid=user\(number),ou=people,\(root)
                objectClass: inetOrgPerson
                uid: user\(number)
                cn: User \(number)
                sn: \(number)
                displayName: Üser \(number)
                mail: user\(number)@test.example
                mail: second\(number)@test.example


                """
        }
        for (name, more) in [("o*dd", "mail: odd@test.example"), ("robot", "description: has no address")] {
            text += """
                dn: uid=\(name),ou=people,\(root)
                objectClass: inetOrgPerson
                uid: \(name)
                cn: \(name)
                sn: \(name)
                \(more)


                """
        }
        let members = (0..<people).map { "user\($0)" } + ["o*dd", "robot", "gone"]
        return text + """
            dn: cn=demo (team),\(root)
            objectClass: posixGroup
            cn: demo (team)
            gidNumber: 1
            \(members.map { "memberUid: \($0)" }.joined(separator: "\n"))

            dn: cn=empty,\(root)
            objectClass: posixGroup
            cn: empty
            gidNumber: 2

            """
    }
}
