import Testing

@testable import Lifecycle

@Suite struct ProcessMemoryTests {
    @Test func findsCodeThatNobodyWroteTo() {
        let maps = """
            00400000-00500000 r--p 00000000 fe:00 123 /usr/bin/agent
            Anonymous:             0 kB
            00500000-00900000 r-xp 00100000 fe:00 123 /usr/bin/agent
            Size:               4096 kB
            Anonymous:             0 kB
            VmFlags: rd ex mr mw me
            008f0000-00900000 r--p 00500000 fe:00 123 /usr/bin/agent
            Anonymous:            64 kB
            00a00000-00b00000 r--p 00500000 fe:00 123 /usr/bin/agent
            Shared_Dirty:         64 kB
            Private_Dirty:         0 kB
            Anonymous:            64 kB
            00900000-00a00000 rw-p 00500000 fe:00 123 /usr/bin/agent
            Anonymous:            12 kB
            7f0000000000-7f0000100000 r-xp 00000000 fe:00 9 /lib/x y.so
            Anonymous:             4 kB
            7f0000100000-7f0000200000 r--p 00000000 fe:00 9 /lib/z.so
            Anonymous:             0 kB
            7f0000200000-7f0000300000 r-xp 00000000 fe:00 9 /lib/z.so
            Anonymous:             0 kB
            7ffe00000000-7ffe00002000 r-xp 00000000 00:00 0  [vdso]
            Anonymous:             0 kB
            7ffe00010000-7ffe00012000 r-xp 00000000 00:00 0
            Anonymous:             0 kB
            """
        #expect(
            CodeRegion.unchanged(in: maps, ofProgram: "/usr/bin/agent").map { [$0.start, $0.end] } == [
                [0x40_0000, 0x50_0000], [0x50_0000, 0x90_0000], [0x7F00_0020_0000, 0x7F00_0030_0000],
            ])
    }

    @Test func goesOnAsBefore() throws {
        for _ in 0..<3 { try ProcessMemory.giveBack() }
        #expect((1...100).reduce(0, +) == 5050)
    }
}
