/// What the bytes of a text are, as far as finding people is concerned. Letters beyond ASCII are letters; of those, only
/// their own case is known.
enum Letters {
    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 }

    static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x5F }

    /// The same with the signs beyond ASCII left out: those of U+0080 to U+00BF, U+2000 to U+206F and U+3000 to U+303F.
    static func isWord(at index: Int, in bytes: [UInt8]) -> Bool {
        let byte = bytes[index]
        guard byte >= 0x80 else { return isWord(byte) }
        var lead = index
        while lead > 0, index - lead < 3, bytes[lead] & 0xC0 == 0x80 { lead -= 1 }
        let next = lead + 1 < bytes.count ? bytes[lead + 1] : 0
        switch bytes[lead] {
        case 0xC2: return false
        case 0xE2: return next != 0x80 && next != 0x81
        case 0xE3: return next != 0x80
        default: return true
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    static func isInAddress(_ byte: UInt8) -> Bool {
        byte < 0x80 && (isWord(byte) || [0x2E, 0x2D, 0x2B, 0x25, 0x27].contains(byte))
    }

    static func isInDomain(_ byte: UInt8) -> Bool {
        byte < 0x80 && (isWord(byte) && byte != 0x5F || byte == 0x2E || byte == 0x2D)
    }

    /// With the letters of ASCII small.
    static func small(_ bytes: [UInt8]) -> [UInt8] { bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    static func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\t" } }

    /// Three letters or more, the first a capital or beyond ASCII.
    static func isNameLike(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, bytes.count >= 3 else { return false }
        return ((0x41...0x5A).contains(first) || first >= 0x80)
            && bytes.allSatisfy { isLetter($0) || $0 == 0x2D || $0 == 0x27 }
            && bytes.contains { (0x61...0x7A).contains($0) || $0 >= 0x80 }
    }

    /// Endings of host names have letters only; those of files look the same.
    static func isTopLevel(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 2, bytes.allSatisfy({ (0x61...0x7A).contains($0) }) else { return false }
        return !fileEndings.contains(String(decoding: bytes, as: UTF8.self))
    }

    /// Accounts that no person has.
    static func isService(_ bytes: ArraySlice<UInt8>) -> Bool {
        services.contains(String(decoding: bytes, as: UTF8.self))
    }

    /// Everyday words and accounts that people also have for logins and names.
    static func isCommon(_ bytes: [UInt8]) -> Bool { common.contains(String(decoding: small(bytes), as: UTF8.self)) }

    private static let services: Set = [
        "git", "hg", "svn", "ssh", "noreply", "no-reply", "donotreply", "root", "nobody", "postmaster",
    ]

    private static let fileEndings: Set = [
        "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "css", "js", "ts", "html", "htm", "json", "md", "txt", "xml",
        "yml", "yaml", "pdf", "zip", "service", "local", "localdomain", "internal",
    ]

    private static let common: Set<String> = {
        let words = """
            about access account action active actor admin administrator agent alert alias all alpha also anonymous app apps \
            april array august author auto backup bamboo base bash beta bill bin block board body book bool boot bot branch \
            brand brown build builder bug buildbot cache call carol case chain change charge check child chip chris class \
            clean client clone close cloud code color commit common config contact core cron crown daemon data date day \
            debug default delete demo deploy deployer dev developer docker docs domain done drew driver drop dummy early \
            editor else empty end engine error event example export faith false feature field file filter final fix fixed \
            flag force fork format forth found frank free friend front ftp full general ghost gitlab github global grace \
            grant graph green group guard guest handle head heading helper hill home hook hope host house http hub hunter \
            image index info init input install integration issue item jack jade jenkins job john join joy june july just \
            keen king lake lane large last latest law layer lead leader lib library light like line link linux list local \
            lock log logger login long loop mail main major make manager march mark marker mason master max may media member \
            merge message meta min minor miller mock model module monitor more move name neo network new next nginx nobody \
            node none null nurse oauth object office old open operator option order other output owner package page park part \
            patch path person pip pipeline pixel plain plugin point poll pool port post postgres power price print private \
            process project proxy public pull push query queue quick range ray read reader ready real record red redis ref \
            release remote render repo report request reset response rest result review reviewer rich right robin robot rob \
            role root rose route router rule run runner safe sample save scan schema scope script search second secure self \
            server service session set setup share shell short simple single site size small sonar source space spring sprint \
            stack staff staging start state static status step stone store storage stream string strong style sub submit \
            summer sun support svn sync system tab table tag target task team temp template test tester testing text theme \
            thread time timer todo token tool tools top trace track tree trigger true trunk type ubuntu unit update upload \
            url user users util value version view vote wait walker ward watch web white will win window winter wood word \
            work worker write young zone
            """
        return Set(words.split(separator: " ").map(String.init))
    }()
}
