/// What a signature covers, and under which parameters (RFC 9421 §2.3): one member of the header `Signature-Input`.
struct SignatureInput: Hashable, Sendable {
    /// A part of a request that a signature covers (RFC 9421 §2.1, §2.2).
    enum Component: Hashable, Sendable {
        case method
        case authority
        case path
        case query
        /// A header field, by its name in lower case.
        case field(String)

        /// `nil` for derived components that we do not know.
        init?(name: String) {
            switch name {
            case "@method": self = .method
            case "@authority": self = .authority
            case "@path": self = .path
            case "@query": self = .query
            default:
                guard !name.isEmpty, !name.hasPrefix("@"), name == name.lowercased() else { return nil }
                self = .field(name)
            }
        }

        var name: String {
            switch self {
            case .method: "@method"
            case .authority: "@authority"
            case .path: "@path"
            case .query: "@query"
            case .field(let name): name
            }
        }
    }

    let components: [Component]
    let parameters: [StructuredField.Parameter]

    init(components: [Component], parameters: [StructuredField.Parameter]) {
        self.components = components
        self.parameters = parameters
    }

    /// `nil` where the member is no list of plain component names, each once.
    init?(_ member: StructuredField.Member) {
        guard case .list(let items, let parameters) = member else { return nil }
        var components: [Component] = []
        for item in items {
            guard case .string(let name) = item.item, item.parameters.isEmpty, let component = Component(name: name),
                !components.contains(component)
            else { return nil }
            components.append(component)
        }
        self.init(components: components, parameters: parameters)
    }

    /// The text in the header, which is also the last line of the base.
    var serialized: String {
        let names = components.map { StructuredField.Item.string($0.name).serialized }
        return "(\(names.joined(separator: " ")))\(StructuredField.serialize(parameters))"
    }

    func parameter(_ name: String) -> StructuredField.Item? { parameters.first { $0.name == name }?.value }

    /// The bytes that are signed (RFC 9421 §2.5).
    ///
    /// - Throws: `SignatureError` `.malformedRequest` when a covered value is missing or could be taken for several
    ///   lines.
    func base(for request: SignableRequest) throws(SignatureError) -> [UInt8] {
        var base = ""
        for component in components {
            guard let value = Self.value(of: component, in: request),
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { throw .malformedRequest }
            base += "\(StructuredField.Item.string(component.name).serialized): \(value)\n"
        }
        return Array("\(base)\"@signature-params\": \(serialized)".utf8)
    }

    private static func value(of component: Component, in request: SignableRequest) -> String? {
        switch component {
        case .method: request.method
        case .authority: normalize(authority: request.authority)
        case .path: request.path.isEmpty ? "/" : request.path
        case .query: "?\(request.query ?? "")"
        case .field(let name): request.field(name)
        }
    }

    /// In lower case, without the port that HTTPS has anyway (RFC 9421 §2.2.3).
    private static func normalize(authority: String) -> String {
        let authority = authority.lowercased()
        return authority.hasSuffix(":443") ? String(authority.dropLast(4)) : authority
    }
}
