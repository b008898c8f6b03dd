package import Commands

extension Command {
    /// The program with the commands `completions` and `manual`, whose page explains the settings as well.
    package func describingItself(version: String, settings: [SettingDeclaration]) -> Command {
        describingItself(version: version, sections: [.init("ENVIRONMENT", settings.map { ($0.name, $0.manualText) })])
    }
}

extension SettingDeclaration {
    fileprivate var manualText: String {
        let otherwise =
            switch fallback {
            case .value(let value): "Default: \(value)."
            case .described(let words): "Default: \(words)."
            }
        let file = fileName.map { " \($0) names a file that holds it." } ?? ""
        return "\(description) Expected: \(expectation). \(otherwise)\(file)"
    }
}
