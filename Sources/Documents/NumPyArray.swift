/// An array of a NumPy file (`.npy`, versions 1 to 3), read without trusting it: its sizes are checked against its bytes before any is used.
///
/// Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays", and numpy.lib.format.
public struct NumPyArray: Sendable {
    /// The file's path as it was given.
    public let file: String
    /// Sizes of its dimensions, the slowest first; empty for a single number.
    public let shape: [Int]
    /// Whether its elements are whole numbers or flags.
    public let isWhole: Bool
    private let element: Element
    private let isFortranOrder: Bool
    private let bytes: [UInt8]
    private let start: Int

    /// The kind, width in bytes and byte order of an element.
    private struct Element {
        var kind: Unicode.Scalar
        var width: Int
        var isBigEndian: Bool
    }

    /// The largest file read, in MiB.
    static let limit = 512

    /// Whether bytes begin as those of a NumPy file do.
    public static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x93] + Array("NUMPY".utf8)) }

    /// The array of a file's bytes; `file` names it in errors.
    public static func parse(bytes: [UInt8], file: String) throws(DocumentError) -> NumPyArray {
        func problem(_ what: String, _ remedy: String) -> DocumentError {
            DocumentError(SourceLocation(file: file), .invalid(what, remedy: remedy))
        }
        guard isOne(bytes), bytes.count >= 10 else { throw problem("this is no NumPy file", "write it with numpy.save") }
        let version = bytes[6]
        let lengthBytes = version == 1 ? 2 : 4
        guard (1...3).contains(version), bytes.count >= 8 + lengthBytes else {
            throw problem("version \(version) of NumPy's format is not known", "write it with numpy.save, which writes 1 to 3")
        }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = 8 + lengthBytes + length
        guard start <= bytes.count else { throw problem("the header ends behind the file's end", "the file was cut; write it again") }
        let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
        guard let type = Self.text("descr", in: header), let element = Self.element(type) else {
            throw problem(
                "its elements are no numbers: \(header.prefix(80))", "save an array of one type of whole or floating-point numbers")
        }
        guard let shape = Self.shape(in: header) else {
            throw problem("its header states no shape: \(header.prefix(80))", "write it with numpy.save")
        }
        var elements = 1
        for size in shape {
            let (product, overflows) = elements.multipliedReportingOverflow(by: size)
            guard !overflows, product <= limit << 20 else {
                throw problem("its shape \(shape) is too large", "at most \(limit) MiB are read")
            }
            elements = product
        }
        guard elements * element.width == bytes.count - start else {
            throw problem(
                "its shape \(shape) of \(element.width)-byte elements needs \(elements * element.width) bytes, and \(bytes.count - start) follow",
                "the file was cut or changed; write it again")
        }
        return NumPyArray(
            file: file, shape: shape, isWhole: element.kind != "f", element: element,
            isFortranOrder: header.contains("'fortran_order': True"), bytes: bytes, start: start)
    }

    /// How many elements it has.
    public var count: Int { shape.reduce(1, *) }

    /// The element at a place that counts in C order, whatever the order of the file.
    public func value(at place: Int) -> Double {
        guard isFortranOrder, shape.count > 1 else { return element(place) }
        var (rest, stride, position) = (place, count, 0)
        // The first dimension varies fastest in the file.
        var fileStride = 1
        for size in shape {
            stride /= max(1, size)
            position += rest / max(1, stride) * fileStride
            rest %= max(1, stride)
            fileStride *= size
        }
        return element(position)
    }

    private func element(_ place: Int) -> Double {
        let from = start + place * element.width
        var bits: UInt64 = 0
        for byte in 0..<element.width {
            let value = UInt64(bytes[from + byte])
            bits |= value << UInt64(8 * (element.isBigEndian ? element.width - 1 - byte : byte))
        }
        switch (element.kind, element.width) {
        case ("f", 8): return Double(bitPattern: bits)
        case ("f", 4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case ("f", _): return Self.half(UInt16(truncatingIfNeeded: bits))
        case ("i", let width):
            let shift = UInt64(64 - 8 * width)
            return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
        default: return Double(bits)
        }
    }

    /// A number of IEEE half precision, which not every platform has as a type.
    private static func half(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 1 ? -1 : 1
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
        switch exponent {
        case 0: return sign * fraction / 16_777_216
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            let power = exponent >= 15 ? Double(1 << (exponent - 15)) : 1 / Double(1 << (15 - exponent))
            return sign * (1 + fraction / 1024) * power
        }
    }

    /// The text of a key of the header, a Python literal.
    private static func text(_ key: String, in header: String) -> String? {
        guard let range = header.firstRange(of: "'\(key)':") else { return nil }
        let rest = header[range.upperBound...].drop { $0 == " " }
        guard rest.first == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "'" })
    }

    private static func element(_ type: String) -> Element? {
        let letters = Array(type.unicodeScalars)
        guard letters.count == 3, "<>|=".unicodeScalars.contains(letters[0]), let width = Int(String(letters[2])) else { return nil }
        let known: [Unicode.Scalar: [Int]] = ["f": [2, 4, 8], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "b": [1]]
        guard known[letters[1]]?.contains(width) == true else { return nil }
        return Element(kind: letters[1], width: width, isBigEndian: letters[0] == ">")
    }

    private static func shape(in header: String) -> [Int]? {
        guard let range = header.firstRange(of: "'shape':") else { return nil }
        let rest = header[range.upperBound...].drop { $0 == " " }
        guard rest.first == "(", let end = rest.firstIndex(of: ")") else { return nil }
        var sizes: [Int] = []
        for word in rest[rest.index(after: rest.startIndex)..<end].split(separator: ",") {
            let digits = word.filter { $0 != " " }
            if digits.isEmpty { continue }
            guard let size = Int(digits), size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
