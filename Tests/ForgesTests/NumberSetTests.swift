import Forges
import Testing

@Suite struct NumberSetTests {
    @Test(arguments: [[], [1], [1, 2, 3], [1, 3, 4, 9], Array(1...500) + [700]])
    func readsWhatItWrites(numbers: [Int]) {
        let set = NumberSet(Set(numbers))
        #expect(NumberSet(text: set.text) == set)
    }

    @Test func isShort() { #expect(NumberSet([1, 2, 3, 5, 7, 8]).text == "1-3,5,7-8") }

    @Test(arguments: ["", "x", "5-1", "1-2-3", "-4"])
    func takesNothingOutOfAnythingElse(text: String) { #expect(NumberSet(text: text).numbers.count <= 3) }
}
