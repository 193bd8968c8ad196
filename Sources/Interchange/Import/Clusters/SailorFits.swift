import Documents
import Foundation

/// Reads Sailor's fits of bandwidth between zones: `c2·x² + c1·x + c0` GB/s, at most `max_bytes_per_s` (Strati et al., SOSP 2025).
///
/// The data do not state what x is. With x = log₂ of the size in MiB the fits meet their stated maxima at x = 10, 1 GiB, in the median
/// over all rows (median ratio 0.97 to the stated maximum); as sizes in any other unit the parabolas would turn negative. Sizes from 1 MiB to 1 GiB are therefore read.
enum SailorFits {
    private static let exponents = 0...10

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let table = try CSVTable.parse(text: text, file: file)
        let first = try table.column("zone_or_gpu")
        let second = try table.column("zone2")
        let gpu = try table.column("gpu")
        let gpu2 = try table.column("gpu2")
        let count = try table.column("gpus_per_node")
        let count2 = try table.column("gpus_per_node2")
        let coefficients = [try table.column("c0"), try table.column("c1"), try table.column("c2")]
        let limit = try table.column("max_bytes_per_s")
        for row in 0..<table.rows {
            // Rows for links inside a node name a GPU in the place of the zone and leave the other end empty.
            guard !table.text(second, row: row).isEmpty, table.text(gpu, row: row) == table.text(gpu2, row: row),
                table.text(count, row: row) == table.text(count2, row: row)
            else { continue }
            var c: [Double] = []
            for column in coefficients { c.append(try table.value(column, row: row, .double(in: -1e6...1e6))) }
            let largest = try table.value(limit, row: row, .positive)
            let rates = exponents.map { exponent in
                let x = Double(exponent)
                return min((c[2] * x * x + c[1] * x + c[0]) * 1e9, largest)
            }
            guard rates.allSatisfy({ $0 > 0 }) else {
                evidence.note(table.location(first, row: row).line, "the fit is not above zero from 1 MiB to 1 GiB and is left out")
                continue
            }
            evidence.zoneLinks.append(
                ZoneLink(
                    first: table.text(first, row: row), second: table.text(second, row: row), gpu: table.text(gpu, row: row),
                    gpusPerNode: try table.value(count, row: row, .int(in: 1...1024)),
                    bytes: exponents.map { pow(2, Double($0)) * 1_048_576 }, bandwidths: rates))
        }
        guard !evidence.zoneLinks.isEmpty else {
            throw .log(file, 1, "there is no link between nodes of the same kind", "expected the columns of Sailor's fits")
        }
        evidence.note(1, "sizes are taken to be log₂ MiB, which the stated maxima bear out; the file states no unit")
    }
}
