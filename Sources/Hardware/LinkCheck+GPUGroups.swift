import Quantities

extension LinkCheck {
    /// GPUs of a node that have faster links among themselves than to the others.
    public struct GPUGroups: Hashable, Sendable {
        /// Their names.
        public let members: [[String]]
        /// Median of the links inside groups, in B/s.
        public let inside: Double
        /// Median of the links between them, in B/s.
        public let between: Double
    }

    /// The groups that the GPUs of a node fall into by their links; nil where they are of one kind.
    public static func gpuGroups(_ matrix: BandwidthMatrix) -> GPUGroups? {
        let kinds = LinkKinds(matrix)
        guard kinds.count > 1 else { return nil }
        var links: [[Double]] = [[], []]
        for a in 0..<matrix.count { for b in 0..<matrix.count where a != b { links[kinds.kind(a, b)].append(matrix[a, b].value) } }
        func median(_ values: [Double]) -> Double {
            let sorted = values.filter { $0.isFinite && $0 > 0 }.sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        }
        let members = Dictionary(grouping: matrix.names.indices) { kinds.halls[$0] }.sorted { $0.key < $1.key }
        return GPUGroups(
            members: members.map { $0.value.map { matrix.names[$0] } }, inside: median(links[0]), between: median(links[1]))
    }
}
