/// A growing run of bytes that formats numbers itself.
///
/// Traces hold millions of numbers; formatting one through `String` costs more than the rest of its event.
struct ByteWriter: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    /// The number of bytes written so far.
    private(set) var count = 0

    /// An empty writer with room for `capacity` bytes before it grows.
    init(capacity: Int = 1 << 16) {
        storage = .allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// The bytes written so far, valid until the next change.
    func withBytes<Result, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    /// The bytes written so far.
    func array() -> [UInt8] { Array(storage[..<count]) }

    /// Forgets the bytes and keeps the room.
    mutating func removeAll() { count = 0 }

    /// Appends text that is known when the program is compiled.
    mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        ensureRoom(length)
        (storage.baseAddress.unsafelyUnwrapped + count).copyMemory(from: text.utf8Start, byteCount: length)
        count += length
    }

    /// Appends text as it is.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Appends bytes as they are.
    mutating func append(bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        ensureRoom(bytes.count)
        (storage.baseAddress.unsafelyUnwrapped + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a whole number.
    mutating func append(_ number: Int) {
        if number < 0 { append(byte: UInt8(ascii: "-")) }
        append(magnitude: UInt(number.magnitude), digits: 1)
    }

    /// Appends a number of thousandths as a decimal: 1500 is `1.5`, 2000 is `2`.
    mutating func append(thousandths number: Int) {
        if number < 0 { append(byte: UInt8(ascii: "-")) }
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: 1000)
        append(magnitude: whole, digits: 1)
        guard rest > 0 else { return }
        append(byte: UInt8(ascii: "."))
        if rest % 100 == 0 {
            append(magnitude: rest / 100, digits: 1)
        } else if rest % 10 == 0 {
            append(magnitude: rest / 10, digits: 2)
        } else {
            append(magnitude: rest, digits: 3)
        }
    }

    /// Appends a string as JSON writes it, quotes included; `<` is escaped too, so that the text may stand inside an HTML script.
    mutating func append(json text: String) {
        append(byte: UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "<"): append("\\u003c")
            case 0..<16:
                append("\\u000")
                append(byte: byte < 10 ? 48 + byte : 87 + byte)
            case 16..<32:
                append("\\u001")
                append(byte: byte < 26 ? 32 + byte : 71 + byte)
            default: append(byte: byte)
            }
        }
        append(byte: UInt8(ascii: "\""))
    }

    /// Appends bytes in base 64 (RFC 4648 §4), with padding.
    mutating func append(base64 bytes: UnsafeRawBufferPointer) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let letters = alphabet.utf8Start
        ensureRoom((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = min(3, bytes.count - index)
            var group = Int(bytes[index]) << 16
            if left > 1 { group |= Int(bytes[index + 1]) << 8 }
            if left > 2 { group |= Int(bytes[index + 2]) }
            storage[count] = letters[group >> 18]
            storage[count + 1] = letters[group >> 12 & 63]
            storage[count + 2] = left > 1 ? letters[group >> 6 & 63] : UInt8(ascii: "=")
            storage[count + 3] = left > 2 ? letters[group & 63] : UInt8(ascii: "=")
            count += 4
            index += 3
        }
    }

    /// Appends one byte.
    mutating func append(byte: UInt8) {
        ensureRoom(1)
        storage[count] = byte
        count += 1
    }

    private mutating func append(magnitude: UInt, digits minimum: Int) {
        ensureRoom(20)
        var digits = 1
        var limit: UInt = 10
        while digits < 19, magnitude >= limit {
            digits += 1
            limit &*= 10
        }
        digits = max(digits, minimum)
        var rest = magnitude
        var index = count + digits
        while index > count {
            index -= 1
            let next = rest / 10
            storage[index] = UInt8(truncatingIfNeeded: 48 + rest - next * 10)
            rest = next
        }
        count += digits
    }

    @inline(__always)
    private mutating func ensureRoom(_ extra: Int) {
        if count + extra > storage.count { grow(extra) }
    }

    private mutating func grow(_ extra: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(storage.count * 2, count + extra), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        storage.deallocate()
        storage = larger
    }
}
