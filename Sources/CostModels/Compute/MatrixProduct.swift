public import Hardware
import Quantities

/// Time of a matrix product on one GPU.
///
/// `t0 + ((F/(e·peak)·(1+c(q−1))·(1+kr/k))⁴ + (bytes/(eb·bw))⁴)^¼`: a soft maximum of arithmetic and memory traffic, where q is the
/// wave-quantisation overhead of the better of two tile shapes, c the share of it that is realised, and kr the depth over which the main
/// loop starts up. The fourth power makes the knee as sharp as measured kernels show.
public struct MatrixProduct: Sendable {
    /// Fixed time of a launch, in s.
    public let latency: Double
    /// Sustained 16-bit rate of a large product, in FLOP/s.
    public let rate: Double
    /// Sustained rate of a large product in the job's low precision, in FLOP/s; equals `rate` in 16-bit jobs.
    public let lowRate: Double
    /// Bytes of an input element in low precision.
    let lowBytes: Double
    let waveTail: Double
    let rampDepth: Double
    let memoryRate: Double
    let multiprocessors: Double

    /// The products of a GPU at a precision.
    ///
    /// - Parameter derate: Sustained over burst time of 16-bit kernels; 1 gives burst times, as operator benchmarks measure them.
    public init(gpu: GPU, precision: PrecisionFormat, derate: Double) {
        let kernels = gpu.kernels
        latency = kernels.gemmLatency.value
        waveTail = kernels.gemmWaveTail
        rampDepth = kernels.gemmRampDepth
        memoryRate = kernels.gemmMemoryEfficiency * gpu.memoryBandwidth.value
        multiprocessors = Double(gpu.multiprocessors)
        let half = gpu.peak.half.value * kernels.gemmEfficiency / derate
        switch precision {
        case .sixteen: (rate, lowRate, lowBytes) = (half, half, 2)
        case .thirtyTwo:
            let single = gpu.peak.single.value * kernels.gemmEfficiency / derate
            (rate, lowRate, lowBytes) = (single, single, 4)
        case .eight:
            (rate, lowRate, lowBytes) = (half, (gpu.peak.eight ?? gpu.peak.half).value * kernels.lowPrecisionEfficiency, 1)
        case .four:
            let eight = (gpu.peak.eight ?? gpu.peak.half).value * kernels.lowPrecisionEfficiency
            (rate, lowRate, lowBytes) = (half, eight * kernels.fourBitGain, 1)
        }
    }

    /// Time in seconds of an m×k by k×n product; `low` runs it in the job's low precision.
    public func seconds(_ m: Double, _ n: Double, _ k: Double, low: Bool = true) -> Double {
        guard m > 0, n > 0, k > 0 else { return 0 }
        let wide = waves(m, n, 256)
        let narrow = 1.6 * waves(m, n, 64)
        let quantisation = min(wide, narrow)
        let arithmetic = 2 * m * n * k / (low ? lowRate : rate) * (1 + waveTail * (quantisation - 1)) * (1 + rampDepth / k)
        let traffic = ((low ? lowBytes : 2) * (m * k + n * k) + 2 * m * n) / memoryRate
        return latency + softFourth(arithmetic, traffic)
    }

    /// Work of full waves of 128×`width` tiles over the work needed, at least 1.
    private func waves(_ m: Double, _ n: Double, _ width: Double) -> Double {
        let tiles = (m / 128).rounded(.up) * (n / width).rounded(.up)
        return (tiles / multiprocessors).rounded(.up) * multiprocessors / tiles
    }
}

/// The width class of a number format, which picks the tensor cores' rate.
public enum PrecisionFormat: Sendable {
    /// fp32 through TF32 tensor cores.
    case thirtyTwo
    /// bf16 or fp16.
    case sixteen
    /// fp8 or mxfp8.
    case eight
    /// nvfp4.
    case four
}

/// (a⁴ + b⁴)^¼, a maximum with a rounded knee.
@inline(__always)
func softFourth(_ a: Double, _ b: Double) -> Double {
    let a2 = a * a
    let b2 = b * b
    return (a2 * a2 + b2 * b2).squareRoot().squareRoot()
}
