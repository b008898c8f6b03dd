internal import COpenSSL

/// What is kept of a password: scrypt (RFC 7914) over it and a salt of its own, as text in the form of
/// https://github.com/P-H-C/phc-string-format with its parameters, so that stronger ones can follow.
package struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    /// How much work a guess is.
    package struct Cost: Sendable, Equatable {
        /// The binary logarithm of the number of blocks.
        package let logarithm: Int
        /// 128 bytes each.
        package let blockSize: Int
        package let parallel: Int

        /// 32 MiB, three times over: one of the settings of equal strength that OWASP lists
        /// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt), of little memory.
        package static let current = Cost(logarithm: 15, blockSize: 8, parallel: 3)
        /// For tests that make many.
        package static let low = Cost(logarithm: 10, blockSize: 8, parallel: 1)

        /// Bytes of memory; a stored text must not make the program take any amount.
        var memory: Int { 128 * blockSize << logarithm }

        fileprivate var isAcceptable: Bool {
            (1...20).contains(logarithm) && (1...32).contains(blockSize) && (1...16).contains(parallel)
                && memory <= 256 << 20
        }
    }

    private let cost: Cost
    private let salt: [UInt8]
    private let digest: [UInt8]

    private static let length = 32
    private static let saltLength = 16

    /// Takes some tenths of a second and tens of megabytes: not for a thread that others wait for.
    /// - Throws: `CryptographyError` `.library`.
    package init(of password: [UInt8], cost: Cost = .current) throws(CryptographyError) {
        self.cost = cost
        salt = Random.bytes(Self.saltLength)
        digest = try Self.derive(password, salt, cost)
    }

    /// - Parameter text: what `description` was.
    /// - Throws: `CryptographyError` `.malformed`.
    package init(_ text: String) throws(CryptographyError) {
        let malformed = CryptographyError(
            .malformed, "password hash", expected: "$scrypt$ln=...,r=...,p=...$salt$hash", found: "another text")
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { throw malformed }
        let values = parts[2].split(separator: ",").map { $0.split(separator: "=") }
        guard values.map(\.first) == ["ln", "r", "p"], values.allSatisfy({ $0.count == 2 }),
            let logarithm = Int(values[0][1]), let blockSize = Int(values[1][1]), let parallel = Int(values[2][1]),
            let salt = Base64.url.decode(String(parts[3])), let digest = Base64.url.decode(String(parts[4])),
            salt.count == Self.saltLength, digest.count == Self.length
        else { throw malformed }
        cost = Cost(logarithm: logarithm, blockSize: blockSize, parallel: parallel)
        guard cost.isAcceptable else { throw malformed }
        self.salt = salt
        self.digest = digest
    }

    package var description: String {
        let parameters = "ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallel)"
        return "$scrypt$\(parameters)$\(Base64.url.encode(salt))$\(Base64.url.encode(digest))"
    }

    /// Whether it is of that password; as slow as making one, and in the same time for every wrong one.
    package func matches(_ password: [UInt8]) throws(CryptographyError) -> Bool {
        ConstantTime.equal(try Self.derive(password, salt, cost), digest)
    }

    private static func derive(
        _ password: [UInt8], _ salt: [UInt8], _ cost: Cost
    ) throws(CryptographyError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: length)
        let isDone = unsafe password.withUnsafeBytes { bytes in
            unsafe EVP_PBE_scrypt(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, salt, salt.count,
                UInt64(1) << UInt64(cost.logarithm), UInt64(cost.blockSize), UInt64(cost.parallel),
                UInt64(cost.memory + 16 << 20), &key, key.count) == 1
        }
        guard isDone else { throw OpenSSL.failure("password hash") }
        return key
    }
}
