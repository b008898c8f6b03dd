/// A complete answer, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// Decompressed.
    package let body: [UInt8]
    /// Where it came from in the end, after redirects.
    package let address: WebAddress
    /// `1.0`, `1.1`, `2` or `3`.
    package let version: String
    /// Whether it came over a connection that an earlier request had opened.
    package let usedOpenConnection: Bool
    /// What the server showed, in PEM form, its own certificate first; empty where the request did not ask for it.
    package let certificates: [String]

    /// Whether the status is 2xx.
    package var isSuccess: Bool { (200..<300).contains(status) }
}
