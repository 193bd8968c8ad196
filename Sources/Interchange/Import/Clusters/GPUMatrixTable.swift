import Documents
import Hardware

/// A printed matrix of GPUs by GPUs: a header of numbers, then a row for each with its number first. The diagonal is the GPU's own memory.
struct GPUMatrixTable {
    private(set) var columns: [Int] = []
    private(set) var rows: [(gpu: Int, values: [Double], line: Int)] = []

    /// Takes a line; false where the matrix is over.
    mutating func read(_ words: [Substring], line: Int) -> Bool {
        guard let first = words.first else { return columns.isEmpty || rows.isEmpty }
        if columns.isEmpty {
            let numbers = words.filter { $0 != "D\\D" && $0 != "GPU" }
            let own = numbers.compactMap { Int($0) }
            guard !own.isEmpty, own.count == numbers.count, own.count <= 1024, Set(own).count == own.count else { return false }
            columns = own
            return true
        }
        guard let gpu = Int(first), words.count == columns.count + 1, rows.count < 1024 else { return false }
        rows.append((gpu, words.dropFirst().map { $0.number ?? .nan }, line))
        return true
    }

    /// The links between the GPUs in B/s, of a matrix in GB/s; `transposed` where columns send to rows.
    func links(_ file: String, transposed: Bool = false, share: Double = 1) -> LinkTable? {
        guard let first = rows.first, columns.count > 1 else { return nil }
        var table = LinkTable(names: columns.map { "gpu-\($0)" }, location: SourceLocation(file: file, line: first.line))
        for row in rows {
            guard let from = columns.firstIndex(of: row.gpu) else { continue }
            for (to, value) in row.values.enumerated() where to != from && value > 0 && value < 1e6 {
                if transposed { table[to, from] = value * 1e9 * share } else { table[from, to] = value * 1e9 * share }
            }
        }
        return table
    }
}
