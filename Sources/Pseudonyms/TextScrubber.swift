internal import Cryptography

/// Replaces, in what people wrote, e-mail addresses and the names and logins of known people by their pseudonyms.
///
/// What it finds: any address; a name of several words, whatever its case; a login behind `@`, or by itself where it is no
/// everyday word; a part of a name that only one person has, with its capitals; the name in a trailer such as
/// `Signed-off-by`; whose home directory a path leads to.
package struct TextScrubber: Sendable {
    /// Something that stands for a person, as it is looked for.
    private struct Known: Sendable {
        enum Kind: Sendable { case name, login, part }
        /// Small letters, one blank between words.
        let text: [UInt8]
        /// As it is written, for parts of names, which count only like that.
        let original: [UInt8]
        let kind: Kind
        let pseudonym: String
    }

    private let secrets: PseudonymSecrets
    /// By the first word in small letters; the longest first.
    private let known: [[UInt8]: [Known]]
    /// Whether any of them begins with two bytes; few words of a text do.
    private let beginnings: [Bool]
    /// By addresses in small letters.
    private let addresses: [[UInt8]: String]

    /// - Parameter people: pseudonyms by what they stand for: names, logins, addresses.
    package init(_ secrets: PseudonymSecrets, people: [String: String]) {
        self.secrets = secrets
        var known: [[UInt8]: [Known]] = [:]
        var addresses: [[UInt8]: String] = [:]
        var parts: [[UInt8]: Set<String>] = [:]
        var originals: [[UInt8]: [UInt8]] = [:]
        func add(_ entry: Known) {
            let first = Array(entry.text.prefix { Letters.isWord($0) })
            guard !first.isEmpty else { return }
            known[first, default: []].append(entry)
        }
        // In an order of their own, so that the same people give the same result.
        for (person, pseudonym) in people.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(person.utf8)
            let small = Letters.small(bytes)
            if bytes.contains(UInt8(ascii: "@")) {
                addresses[small] = pseudonym
                continue
            }
            let words = Letters.words(person)
            if words.count > 1 {
                let text = words.map { Letters.small(Array($0.utf8)) }.joined(separator: [0x20])
                add(Known(text: Array(text), original: [], kind: .name, pseudonym: pseudonym))
                for word in words {
                    let plain = Array(word.utf8.filter { $0 != UInt8(ascii: ",") })
                    guard Letters.isNameLike(plain) else { continue }
                    parts[plain, default: []].insert(pseudonym)
                    originals[plain] = plain
                }
            } else if bytes.count >= 2 {
                add(Known(text: small, original: bytes, kind: .login, pseudonym: pseudonym))
            }
        }
        for (part, owners) in parts where owners.count == 1 && !Letters.isCommon(part) {
            guard let owner = owners.first else { continue }
            add(Known(text: Letters.small(part), original: part, kind: .part, pseudonym: owner))
        }
        for key in known.keys {
            known[key]?.sort { ($0.text.count, $1.pseudonym) > ($1.text.count, $0.pseudonym) }
        }
        self.known = known
        var beginnings = [Bool](repeating: false, count: 1 << 16)
        for first in known.keys { beginnings[Self.beginning(first[...])] = true }
        self.beginnings = beginnings
        self.addresses = addresses
    }

    /// The text with pseudonyms; `nil` where there is nothing to replace.
    package func scrubbed(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count > 1 else { return nil }
        let small = Letters.small(bytes)
        var found = addresses(in: bytes, small)
        found += trailers(in: bytes, small, besides: found)
        found += homes(in: bytes, small)
        found += people(in: bytes, small)
        guard !found.isEmpty else { return nil }
        // Where two overlap, the one that begins first counts, then the longer one.
        found.sort {
            $0.range.lowerBound != $1.range.lowerBound
                ? $0.range.lowerBound < $1.range.lowerBound : $0.range.count > $1.range.count
        }
        var output: [UInt8] = []
        var place = 0
        for match in found where match.range.lowerBound >= place {
            output += bytes[place..<match.range.lowerBound]
            output += match.pseudonym.utf8
            place = match.range.upperBound
        }
        output += bytes[place...]
        return String(decoding: output, as: UTF8.self)
    }

    private struct Match {
        let range: Range<Int>
        let pseudonym: String
    }

    private func pseudonym(_ value: ArraySlice<UInt8>) -> String {
        secrets.pseudonym(of: String(decoding: value, as: UTF8.self))
    }

    // MARK: Addresses

    private func addresses(in bytes: [UInt8], _ small: [UInt8]) -> [Match] {
        var matches: [Match] = []
        var next = 0
        while let at = bytes[next...].firstIndex(of: UInt8(ascii: "@")) {
            next = at + 1
            var start = at
            while start > 0, Letters.isInAddress(bytes[start - 1]) { start -= 1 }
            while start < at, bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: "'") { start += 1 }
            var end = at + 1
            while end < bytes.count, Letters.isInDomain(bytes[end]) { end += 1 }
            while end > at + 1, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
            guard start < at, end > at + 1 else { continue }
            if let pseudonym = addresses[Array(small[start..<end])] {
                matches.append(Match(range: start..<end, pseudonym: pseudonym))
                next = end
                continue
            }
            guard let dot = bytes[(at + 1)..<end].lastIndex(of: UInt8(ascii: ".")), dot > at + 1,
                Letters.isTopLevel(small[(dot + 1)..<end]), !Letters.isService(small[start..<at])
            else { continue }
            matches.append(Match(range: start..<end, pseudonym: pseudonym(bytes[start..<end])))
            next = end
        }
        return matches
    }

    // MARK: Trailers

    /// Names in lines such as `Reviewed-by: Ann Lee <ann@site.example>`.
    private func trailers(in bytes: [UInt8], _ small: [UInt8], besides addresses: [Match]) -> [Match] {
        var matches: [Match] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            defer { start = end + 1 }
            guard let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")), colon > start, colon - start < 40
            else {
                continue
            }
            let key = small[start..<colon]
            guard key.allSatisfy({ Letters.isWord($0) || $0 == UInt8(ascii: "-") }) else { continue }
            let isSigned = key.reversed().starts(with: "yb-".utf8)
            guard isSigned || ["cc", "from", "author", "to"].contains(where: { key.elementsEqual($0.utf8) }) else {
                continue
            }
            let bracket = bytes[colon..<end].firstIndex(of: UInt8(ascii: "<"))
            guard isSigned || bracket != nil else { continue }
            var first = colon + 1
            var last = bracket ?? end
            while first < last, bytes[first] == 0x20 || bytes[first] == UInt8(ascii: "\"") { first += 1 }
            while last > first, [0x20, 0x0D, UInt8(ascii: "\""), UInt8(ascii: ",")].contains(bytes[last - 1]) {
                last -= 1
            }
            guard last - first >= 2, last - first < 100, !bytes[first..<last].contains(UInt8(ascii: "@")) else {
                continue
            }
            let name = String(decoding: bytes[first..<last], as: UTF8.self)
            matches.append(
                Match(range: first..<last, pseudonym: exact(small[first..<last]) ?? secrets.pseudonym(of: name)))
        }
        return matches
    }

    /// The pseudonym of what is known by exactly these letters.
    private func exact(_ small: ArraySlice<UInt8>) -> String? {
        let first = Array(small.prefix { Letters.isWord($0) })
        return known[first]?.first { $0.kind != .part && $0.text.elementsEqual(small) }?.pseudonym
    }

    // MARK: Home directories

    private func homes(in bytes: [UInt8], _ small: [UInt8]) -> [Match] {
        var matches: [Match] = []
        for index in small.indices where small[index] == UInt8(ascii: "/") || small[index] == UInt8(ascii: "\\") {
            let rest = small[(index + 1)...]
            let length = rest.starts(with: "home".utf8) ? 4 : rest.starts(with: "users".utf8) ? 5 : 0
            // Directories of these names inside of others, as of a site's pages, are no home directories.
            let before = index == 0 ? 0x20 : small[index - 1]
            guard length > 0, !Letters.isWord(before), before != UInt8(ascii: "."), before != UInt8(ascii: "/"),
                index + length + 2 < small.count, small[index + length + 1] == small[index]
            else { continue }
            let start = index + length + 2
            var end = start
            while end < bytes.count, Letters.isWord(bytes[end]) || [0x2D, 0x2E].contains(bytes[end]) { end += 1 }
            while end > start, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
            guard end - start >= 2, !Letters.isCommon(Array(bytes[start..<end])) else { continue }
            matches.append(
                Match(range: start..<end, pseudonym: exact(small[start..<end]) ?? pseudonym(bytes[start..<end])))
        }
        return matches
    }

    // MARK: Names and logins

    private func people(in bytes: [UInt8], _ small: [UInt8]) -> [Match] {
        guard !known.isEmpty else { return [] }
        var matches: [Match] = []
        var index = 0
        while index < small.count {
            guard Letters.isWord(at: index, in: small) else {
                index += 1
                continue
            }
            var end = index
            while end < small.count, Letters.isWord(at: end, in: small) { end += 1 }
            if let match = person(at: index, wordEnd: end, bytes, small) {
                matches.append(match)
                index = match.range.upperBound
            } else {
                index = end
            }
        }
        return matches
    }

    private func person(at start: Int, wordEnd: Int, _ bytes: [UInt8], _ small: [UInt8]) -> Match? {
        guard beginnings[Self.beginning(small[start..<wordEnd])], let candidates = known[Array(small[start..<wordEnd])]
        else { return nil }
        for candidate in candidates {
            guard let end = Self.end(of: candidate.text, at: start, small), accepts(candidate, start..<end, bytes)
            else {
                continue
            }
            return Match(range: start..<end, pseudonym: candidate.pseudonym)
        }
        return nil
    }

    /// The first two bytes of a word as a number.
    private static func beginning(_ word: ArraySlice<UInt8>) -> Int {
        Int(word[word.startIndex]) << 8 | (word.count > 1 ? Int(word[word.startIndex + 1]) : 0)
    }

    /// Where a text ends that begins at a place, any white space standing for a blank; `nil` where it is not there.
    private static func end(of text: [UInt8], at start: Int, _ small: [UInt8]) -> Int? {
        var place = start
        for byte in text {
            guard place < small.count else { return nil }
            if byte == 0x20 {
                guard Letters.isBlank(small[place]) else { return nil }
                while place < small.count, Letters.isBlank(small[place]) { place += 1 }
            } else {
                guard small[place] == byte else { return nil }
                place += 1
            }
        }
        return place < small.count && Letters.isWord(at: place, in: small) ? nil : place
    }

    private func accepts(_ known: Known, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        switch known.kind {
        case .name: return true
        case .part: return bytes[range].elementsEqual(known.original)
        case .login:
            let before = range.lowerBound > 0 ? bytes[range.lowerBound - 1] : 0x20
            let after = range.upperBound < bytes.count ? bytes[range.upperBound] : 0x20
            if before == UInt8(ascii: "@") { return true }
            let login = Array(bytes[range])
            // `foo.bar` and `foo-bar` are other words than `foo`, which may begin or end them.
            let isInner =
                [UInt8(ascii: "."), UInt8(ascii: "-")].contains(before)
                || (after == UInt8(ascii: "-") || after == UInt8(ascii: "(")
                    || after == UInt8(ascii: ".") && range.upperBound + 1 < bytes.count
                        && Letters.isWord(bytes[range.upperBound + 1]))
            let isDistinct = login.contains { !Letters.isLetter($0) } && login.contains { Letters.isLetter($0) }
            if isDistinct { return login.count >= 3 }
            guard !Letters.isCommon(login) else { return false }
            let slashes = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
            if slashes.contains(before) || slashes.contains(after) { return login.count >= 3 }
            return login.count >= 4 && !isInner
        }
    }
}
