/// Seconds per byte of all links in single precision, by sender and by receiver, so that both are read along rows.
///
/// Rows are padded to whole vectors with links that are out of the question; a place's link to itself is free, so that a bound that reads it
/// stays one.
final class PlacementLinks {
    /// Numbers that are read at once.
    static let lanes = 8
    /// Places.
    let count: Int
    /// Distance of rows.
    let stride: Int
    /// Links of pipelines, a row a sender.
    let pipelineFrom: UnsafeMutablePointer<Float>
    /// The same, a row a receiver.
    let pipelineTo: UnsafeMutablePointer<Float>
    /// Links of rings and collectives, a row a sender.
    let ringFrom: UnsafeMutablePointer<Float>
    /// The same, a row a receiver.
    let ringTo: UnsafeMutablePointer<Float>
    /// The least seconds per byte of pipeline and of ring links.
    let leastPipeline: Double
    let leastRing: Double
    private let arena: BufferArena

    init(_ problem: PlacementProblem) {
        var arena = BufferArena()
        count = problem.count
        stride = (problem.count + Self.lanes - 1) / Self.lanes * Self.lanes
        (pipelineFrom, leastPipeline) = Self.padded(problem.pipelineInverse, count, stride, &arena)
        pipelineTo = Self.transposed(pipelineFrom, count, stride, &arena)
        if problem.ringInverse == problem.pipelineInverse {
            (ringFrom, ringTo, leastRing) = (pipelineFrom, pipelineTo, leastPipeline)
        } else {
            (ringFrom, leastRing) = Self.padded(problem.ringInverse, count, stride, &arena)
            ringTo = Self.transposed(ringFrom, count, stride, &arena)
        }
        self.arena = arena
    }

    deinit { arena.free() }

    private static func padded(
        _ matrix: [Double], _ count: Int, _ stride: Int, _ arena: inout BufferArena
    ) -> (UnsafeMutablePointer<Float>, least: Double) {
        let copy = arena.filled(.infinity as Float, count * stride)
        var least = Float.infinity
        for row in 0..<count {
            for column in 0..<count where column != row {
                let value = matrix.count == 1 ? Float(matrix[0]) : Float(matrix[row * count + column])
                copy[row * stride + column] = value
                least = min(least, value)
            }
            copy[row * stride + row] = 0
        }
        return (copy, least.isFinite ? Double(least) : 0)
    }

    private static func transposed(
        _ matrix: UnsafeMutablePointer<Float>, _ count: Int, _ stride: Int, _ arena: inout BufferArena
    ) -> UnsafeMutablePointer<Float> {
        let copy = arena.filled(.infinity as Float, count * stride)
        transpose(matrix, to: copy, count, stride)
        return copy
    }

    /// Writes the transpose of a square matrix, by blocks that fit the nearest cache.
    static func transpose(_ matrix: UnsafeMutablePointer<Float>, to copy: UnsafeMutablePointer<Float>, _ count: Int, _ stride: Int) {
        let block = 32
        for firstRow in Swift.stride(from: 0, to: count, by: block) {
            for firstColumn in Swift.stride(from: 0, to: count, by: block) {
                for row in firstRow..<min(count, firstRow + block) {
                    for column in firstColumn..<min(count, firstColumn + block) {
                        copy[column * stride + row] = matrix[row * stride + column]
                    }
                }
            }
        }
    }
}

extension UnsafeMutablePointer<Float> {
    /// The numbers from `index` on, as a vector.
    @inline(__always)
    func vector(_ index: Int) -> SIMD8<Float> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD8<Float>.self)
    }
}
