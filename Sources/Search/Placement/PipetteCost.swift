extension PlacementProblem {
    /// Pipette's placement cost (Yim et al., DATE 2024), for comparison with its results only.
    ///
    /// `max over replicas r of Σ_{i<p−1} 2·M/B(n(r,i), n(r,i+1)) + 2(d−1)/d·G / min_r B(n(r,0), n(r+1 mod d, 0))`. It knows only the data-parallel ring
    /// of the first stage; the planner's own cost takes the rings of all stages. Cell r·p + i is stage i of replica r.
    ///
    /// - Parameters:
    ///   - bandwidth: B/s from node to node, row-major, one node a cell; the diagonal is not read.
    ///   - stages: pipeline stages, p.
    ///   - replicas: data-parallel replicas, d; p·d is the number of nodes.
    ///   - boundaryBytes: M, activations over a boundary, in bytes.
    ///   - gradientBytes: G, gradients of a stage, in bytes.
    public static func pipette(
        bandwidth: [Double], stages: Int, replicas: Int, boundaryBytes: Double, gradientBytes: Double
    ) -> PlacementProblem {
        let cells = stages * replicas
        var problem = PlacementProblem(
            activeCount: cells, positions: cells, pipelineInverse: bandwidth.map { $0 > 0 ? 1 / $0 : 0 })
        for replica in 0..<replicas {
            problem.addPath(
                Array(replica * stages..<(replica + 1) * stages), bytes: [Double](repeating: 2 * boundaryBytes, count: stages - 1))
        }
        let share = 2 * Double(replicas - 1) / Double(replicas)
        problem.addRing((0..<replicas).map { $0 * stages }, bytes: share * gradientBytes)
        return problem
    }
}
