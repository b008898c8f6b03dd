import JSONValues
import REST
import RegistryDefinitions

/// Finds the pages of one list, one after the other.
struct RegistryPager {
    private let resource: RegistryDefinition.Resource
    private let first: RESTRequest
    /// Pages that were read.
    private(set) var pages = 0
    /// Records that were read.
    private(set) var count = 0
    /// Records of the first page.
    private var firstCount = 0
    private var marks: Set<String> = []
    /// What is wrong with the list.
    private(set) var gap: String?

    /// - Parameter parameters: what is asked for besides the page.
    init(_ resource: RegistryDefinition.Resource, parameters: [(name: String, value: String)]) {
        self.resource = resource
        var request = RESTRequest(resource.path, parameters)
        switch resource.paging {
        case .page(let numbers), .offset(let numbers):
            request = request.setting(numbers.parameter, "\(numbers.first)")
            if let name = numbers.sizeParameter, let size = numbers.size { request = request.setting(name, "\(size)") }
        case .none, .link, .cursor: break
        }
        first = request
    }

    var start: RESTRequest { first }

    /// The request for the page after the one that was read; `nil` at the end.
    /// - Parameter isNew: whether the page had any record that no page before had.
    mutating func next(
        after answer: RESTAnswer, _ body: JSONValue, count records: Int, isNew: Bool, total: Int?
    ) -> RESTRequest? {
        pages += 1
        count += records
        if pages == 1 { firstCount = records }
        switch resource.paging {
        case .none: return nil
        case .link(let place):
            let link = place.map { $0.value(in: body).plain } ?? answer.link("next")
            guard let link, !link.isEmpty, isFirst(link) else { return nil }
            return RESTRequest(link)
        case .cursor(let parameter, let place):
            guard let cursor = place.value(in: body).plain, !cursor.isEmpty, isFirst(cursor) else { return nil }
            return first.setting(parameter, cursor)
        case .page(let numbers):
            guard hasMore(records, isNew, total, numbers) else { return nil }
            return first.setting(numbers.parameter, "\(numbers.first + pages)")
        case .offset(let numbers):
            guard hasMore(records, isNew, total, numbers) else { return nil }
            // By what came, whatever was asked for.
            return first.setting(numbers.parameter, "\(numbers.first + count)")
        }
    }

    /// A list that leads in circles would never end.
    private mutating func isFirst(_ mark: String) -> Bool {
        guard marks.insert(mark).inserted else {
            gap = "page \(pages) leads to a page that was read before"
            return false
        }
        return true
    }

    /// A server may give fewer records than were asked for: what the first page had is a full page.
    private mutating func hasMore(
        _ records: Int, _ isNew: Bool, _ total: Int?, _ numbers: RegistryDefinition.Numbers
    ) -> Bool {
        guard records > 0 else { return false }
        guard isNew else {
            gap =
                "page \(pages) has only records of pages before: the server may not know the parameter \(numbers.parameter)"
            return false
        }
        if let total { return count < total }
        return pages == 1 || records >= firstCount
    }
}
