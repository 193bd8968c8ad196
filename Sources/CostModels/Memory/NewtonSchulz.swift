import Parallelism
import Workload

/// The products by which Muon makes the momentum of each matrix orthogonal before it is added (Jordan et al., Muon, 2024; Liu et al.,
/// arXiv:2502.16982).
///
/// Five iterations X ← aX + (bA + cA²)X with A = XXᵀ for a matrix of m × n, m ≤ n: 5·(4m²n + 2m³) operations. A rank works on its part of what
/// tensor parallelism divides, as Megatron's blockwise mode does. Left out: the gathering of matrices that ZeRO-3 shards, and that embedding and
/// head, which Adam updates, carry a second moment.
struct NewtonSchulz: Hashable, Sendable {
    /// A matrix, or several of one size, of a layer.
    private struct Matrix: Hashable, Sendable {
        let inputs, outputs: Width
        let count: Double
        let isExpert: Bool
    }

    private var matrices: [Matrix] = []

    private static let iterations = 5.0

    /// The trained matrices of some operators; those that a product joins are taken one by one.
    init(_ operators: [TrainedOperator]) {
        for one in operators where one.training == .trained {
            switch one.work.work {
            case .product(let product):
                add(product.outputs, from: product.inputs, Double(max(1, product.matrices)))
                if product.keyValues.elements > 0 { add(product.keyValues, from: product.inputs, 2) }
            case .experts(let product):
                matrices.append(Matrix(inputs: product.inputs, outputs: product.outputs, count: Double(product.experts), isExpert: true))
            default: continue
            }
        }
    }

    private mutating func add(_ columns: Width, from inputs: Width, _ count: Double) {
        var each = columns
        each.each /= Int(count)
        matrices.append(Matrix(inputs: inputs, outputs: each, count: count, isExpert: false))
    }

    /// Operations of a rank of a shape, outside experts and in them.
    func operations(_ shape: LayerShape) -> (dense: Double, expert: Double) {
        let (t, x) = (Double(shape.tensor), Double(shape.expertTensor))
        var sum = (dense: 0.0, expert: 0.0)
        for matrix in matrices {
            let sides = [matrix.inputs.onRank(tensor: t, expertTensor: x), matrix.outputs.onRank(tensor: t, expertTensor: x)]
            let (m, n) = (min(sides[0], sides[1]), max(sides[0], sides[1]))
            let one = Self.iterations * (4 * m * m * n + 2 * m * m * m)
            if matrix.isExpert { sum.expert += matrix.count / Double(shape.expert) * one } else { sum.dense += matrix.count * one }
        }
        return sum
    }
}
