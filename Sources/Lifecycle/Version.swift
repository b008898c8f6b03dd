/// The version of both programs, which are built and released together.
package enum Version {
    /// Semantic versioning, https://semver.org.
    package static let current = "0.1.0"
}
