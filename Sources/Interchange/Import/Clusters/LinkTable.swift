public import Documents
public import Hardware

/// Measured bandwidths between named endpoints, some of which may be missing.
public struct LinkTable: Hashable, Sendable {
    /// Names of the endpoints in row and column order.
    public var names: [String]
    /// Bandwidths in B/s, row-major, row sends to column; NaN where nothing was measured.
    public var values: [Double]
    /// Where the table begins.
    public var location: SourceLocation
    /// What of two nodes carried the measurement; nil where the file does not say.
    public var scope: MeasurementScope?
    /// What is taken to have carried it where neither the file nor an option says; nil where nothing is likely.
    public var usualScope: MeasurementScope?
    /// Whether the values are bus bandwidths of a collective, which reduction on the way can lift above what the adapters carry.
    public var isOfCollective = false

    /// Endpoints that one table can join.
    static let largest = 4096

    /// Bandwidth from one endpoint to another in B/s; NaN where it was not measured.
    public subscript(from: Int, to: Int) -> Double {
        get { values[from * names.count + to] }
        set { values[from * names.count + to] = newValue }
    }

    /// A table without any measurement yet.
    init(names: [String], location: SourceLocation) {
        self.names = names
        self.location = location
        values = [Double](repeating: .nan, count: names.count * names.count)
    }

    /// Pairs without a measurement, the diagonal aside.
    public var missing: [(from: Int, to: Int)] {
        var pairs: [(Int, Int)] = []
        for from in names.indices {
            for to in names.indices where from != to && self[from, to].isNaN { pairs.append((from, to)) }
        }
        return pairs
    }
}

/// Collects single measurements into a table; endpoints are numbered as they first occur.
struct LinkTableBuilder {
    private var index: [String: Int] = [:]
    private var names: [String] = []
    private var links: [(from: Int, to: Int, bandwidth: Double)] = []
    private var line = 0

    /// Adds a measurement in B/s; what is not above zero counts as missing. Returns false where there are too many endpoints.
    mutating func add(_ from: String, _ to: String, _ bandwidth: Double, line: Int) -> Bool {
        if self.line == 0 { self.line = line }
        guard let first = place(from), let second = place(to) else { return false }
        if first != second, bandwidth > 0, bandwidth < 1e6 * Substring.largest { links.append((first, second, bandwidth)) }
        return true
    }

    private mutating func place(_ name: String) -> Int? {
        if let known = index[name] { return known }
        guard names.count < LinkTable.largest else { return nil }
        index[name] = names.count
        names.append(name)
        return names.count - 1
    }

    /// The table, nil where nothing was added; a pair measured more than once has the mean.
    func table(_ file: String) -> LinkTable? {
        guard !names.isEmpty else { return nil }
        var table = LinkTable(names: names, location: SourceLocation(file: file, line: max(line, 1)))
        var counts = [Int](repeating: 0, count: table.values.count)
        for link in links {
            let place = link.from * names.count + link.to
            table.values[place] = counts[place] == 0 ? link.bandwidth : table.values[place] + link.bandwidth
            counts[place] += 1
        }
        for place in counts.indices where counts[place] > 1 { table.values[place] /= Double(counts[place]) }
        return table
    }
}
