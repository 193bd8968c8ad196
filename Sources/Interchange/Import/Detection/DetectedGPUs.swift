import Hardware
import Quantities

/// The GPUs that a node's programs name.
struct DetectedGPUs: Hashable, Sendable {
    /// The product as the driver names it.
    var product: GPUProduct
    /// How many there are.
    var count: Int
    /// Memory of one in MiB, where the program says.
    var mebibytes: Double?

    /// Reads `nvidia-smi --query-gpu=index,name,memory.total --format=csv,noheader,nounits`: `0, NVIDIA H100 80GB HBM3, 81559`.
    static func nvidia(_ text: String) -> [DetectedGPUs] {
        grouped(
            LogLines(text, labels: .launchers).prefix(1024).compactMap { line in
                let cells = line.text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0.isWhitespace }) }
                guard cells.count >= 3, Int(cells[0].filter { !$0.isWhitespace }) != nil, let product = GPUProduct(cells[1]) else {
                    return nil
                }
                return DetectedGPUs(product: product, count: 1, mebibytes: cells[2].split(separator: " ").first?.positive)
            })
    }

    /// Reads `rocm-smi --showproductname` (`GPU[0] : Card Series: AMD Instinct MI300X OAM`) and `amd-smi static --asic`
    /// (`MARKET_NAME: AMD Instinct MI300X`).
    static func amd(_ text: String) -> [DetectedGPUs] {
        var byCard: [Substring: GPUProduct] = [:]
        var order: [Substring] = []
        var card: Substring = ""
        for line in LogLines(text, labels: .launchers).prefix(65_536) {
            let body = line.text.drop { $0.isWhitespace }
            if body.hasPrefix("GPU") { card = body.prefix { $0 != " " && $0 != "\t" || $0 == ":" } }
            if body.hasPrefix("GPU:") { card = body.prefix(24) }
            let lower = body.lowercased()
            guard ["card series:", "card model:", "market_name:"].contains(where: lower.contains),
                let product = GPUProduct(String(body.drop { $0 != ":" }))
            else { continue }
            if byCard.updateValue(product, forKey: card) == nil { order.append(card) }
        }
        return grouped(order.prefix(1024).compactMap { byCard[$0].map { DetectedGPUs(product: $0, count: 1, mebibytes: nil) } })
    }

    /// Equal ones together, the most first.
    static func grouped(_ all: [DetectedGPUs]) -> [DetectedGPUs] {
        var groups: [DetectedGPUs] = []
        for one in all {
            if let place = groups.firstIndex(where: { $0.product == one.product }) {
                groups[place].count += one.count
            } else {
                groups.append(one)
            }
        }
        return groups.enumerated().sorted { (-$0.element.count, $0.offset) < (-$1.element.count, $1.offset) }.map(\.element)
    }

    /// The type of some that this product is: of those with its model and form the one with the nearest memory, and where drivers name no form that
    /// on a board of its own, which they leave out; nil where none is.
    func type(among types: [GPU]) -> GPU? {
        func gigabytes(_ type: GPU) -> Double { type.memory.inGibibytes }
        let size = mebibytes.map { $0 / 1024 } ?? product.gigabytes.map { Double($0) * 0.99 }
        return types.filter { GPUProduct($0.name) != nil && product.fits($0) }.min { a, b in
            let (far, near) = (size.map { abs(gigabytes(a) - $0) } ?? 0, size.map { abs(gigabytes(b) - $0) } ?? 0)
            // Memory as drivers report it differs by up to a GiB from what processes can allocate.
            if abs(far - near) > 1 { return far < near }
            let forms = [a, b].map { GPUProduct($0.name)?.form == "pcie" && product.form == nil ? 1 : 0 }
            if forms[0] != forms[1] { return forms[0] < forms[1] }
            // Of those that nothing tells apart, the one that holds less.
            return a.memory != b.memory ? a.memory.count < b.memory.count : a.name < b.name
        }
    }
}
